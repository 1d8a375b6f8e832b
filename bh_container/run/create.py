"""A new project: settings, configurations to start from, and places for what builds leave."""

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from errno import ENOTDIR
from pathlib import Path
from tempfile import TemporaryDirectory

from bh_container.config.project import Project
from bh_container.config.shipped import Content, Link, configuration
from bh_container.config.source import is_present
from bh_container.config.starter import DATA, IGNORE_FILE, starter_files
from bh_container.errors import BhError

_EXECUTABLE = 0o111


class InTheWay(BhError):
    """Something is where a project was to be made."""

    def __init__(self, root: Path, names: Sequence[str]) -> None:
        super().__init__(
            f"{root}: {', '.join(names)} {'is' if len(names) == 1 else 'are'} there already",
            remedy="nothing was written; choose another directory, or move that away first",
        )
        self.names = tuple(names)


def project_files(place: Project, targets: Sequence[str]) -> Mapping[str, Content]:
    """What a new project holds, by path: the host and these targets of what is shipped at `place`.

    A target is a directory's name in its `configs`.
    """
    words = place.target_words()
    files: dict[str, Content] = dict(starter_files([words[name] for name in targets]))
    for name in DATA:
        files[f"{name}/README.md"] = place.root / name / "README.md"
    for name in ("host", *targets):
        files.update(configuration(place, name))
    return files


def create_project(root: Path, files: Mapping[str, Content]) -> tuple[str, ...]:
    """Make all the files in a directory, or none; return those that were there and were kept.

    `root` may be there, and hold other things. What is there is never changed: that is
    `InTheWay`, but for a `.gitignore`, which is the user's.
    """
    names = dict.fromkeys(path.partition("/")[0] for path in files)
    there = [name for name in names if is_present(root / name)]
    kept = tuple(name for name in there if name == IGNORE_FILE)
    if len(there) > len(kept):
        raise InTheWay(root, [name for name in there if name not in kept])
    try:
        anchor = _anchor(root)
        below = root.relative_to(anchor)
        with TemporaryDirectory(dir=anchor, prefix=".bh-container-") as scratch:
            stage = Path(scratch)
            for path, content in files.items():
                if path not in kept:
                    _write(stage / below / path, content)
            _move_all(stage, anchor)
    except OSError as error:
        raise BhError(
            f"{error.filename or root}: {error.strerror or error}",
            remedy="nothing was written; give a directory that you may write to",
        ) from error
    return kept


def _anchor(root: Path) -> Path:
    """The directory itself where it is there, else the one above that is."""
    found = next(path for path in (root, *root.parents) if is_present(path))
    if not found.is_dir():
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(found))
    return found


def _write(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match content:
        case Link(to):
            path.symlink_to(to)
        case Path():
            shutil.copyfile(content, path)
            mode = path.stat().st_mode
            if content.stat().st_mode & _EXECUTABLE:
                # Whoever may read it may start it; all else is left to the umask.
                path.chmod(mode | (mode & 0o444) >> 2)
        case _:
            path.write_text(content, encoding="utf-8")


def _move_all(stage: Path, anchor: Path) -> None:
    """Move what is in one directory to another beside it; back again where that fails."""
    with ExitStack() as undo:
        for source in sorted(stage.iterdir()):
            destination = anchor / source.name
            if is_present(destination):
                raise InTheWay(anchor, [source.name])
            source.rename(destination)
            undo.callback(destination.rename, source)
        undo.pop_all()
