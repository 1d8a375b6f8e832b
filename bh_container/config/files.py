"""The files of one configuration directory, as data: read once, so that a plan needs no disk."""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISLNK, S_ISREG

from bh_container.config.atom import atom_names
from bh_container.config.problems import Report
from bh_container.config.source import is_ignored, meaningful_lines, reason

_PORTAGE = PurePosixPath("target-portage")
_UNREAD = frozenset({".git"})
_NATIVE = re.compile(rb"^[^#\n]*(?:-march|-mcpu|target-cpu)=native\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A file or symbolic link below a configuration directory.

    `digest` is the SHA-256 of the content, or of the target's text for a link, which is never
    followed: what it leads to is not part of the configuration. `lines` are the lines without
    comments, kept for Portage's `package.*` files alone. `native` is whether one of Portage's files
    has a compiler make what the processor that it runs on can execute, and maybe no other.
    """

    path: PurePosixPath
    digest: str
    executable: bool = False
    link: str | None = None
    lines: tuple[str, ...] = field(default=(), compare=False, repr=False)
    native: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files sorted by path."""

    files: tuple[ConfigFile, ...] = ()

    def under(self, *prefixes: str | PurePosixPath) -> "FileSet":
        """The files that are one of the prefixes, or below one: `under("worlds", "make.conf")`."""
        wanted = {PurePosixPath(prefix).parts for prefix in prefixes}
        lengths = {len(parts) for parts in wanted}
        return FileSet(tuple(f for f in self.files if _begins(f.path.parts, lengths, wanted)))

    def without(self, *prefixes: str | PurePosixPath) -> "FileSet":
        """The files that `under` would leave out."""
        dropped = set(self.under(*prefixes).files)
        return FileSet(tuple(f for f in self.files if f not in dropped))

    def digest(self) -> str:
        """A hash of paths, contents, link targets and executable bits, and of nothing else."""
        total = sha256()
        for f in self.files:
            kind = "link" if f.link is not None else "program" if f.executable else "file"
            total.update(f"{kind} {f.digest} ".encode() + os.fsencode(f.path) + b"\0")
        return total.hexdigest()

    def __contains__(self, path: object) -> bool:
        wanted = PurePosixPath(path) if isinstance(path, str) else path
        return any(f.path == wanted for f in self.files)

    def __iter__(self) -> Iterator[ConfigFile]:
        return iter(self.files)


def portage_lines(files: FileSet, kind: str, packages: Collection[str]) -> tuple[str, ...]:
    """What `target-portage/<kind>` says about these packages (`category/name`), wildcards included.

    `kind` is `package.use`, `package.accept_keywords`, `profile/package.use.force` and so on; it
    may be a file or a directory of files (portage(5)). A step that installs only these packages
    can be keyed by only these lines.
    """
    wanted = frozenset(packages)
    return tuple(
        line
        for f in files.under(_PORTAGE / kind)
        for line in f.lines
        if atom_names(_atom_of(line), wanted)
    )


def compiles_native_code(files: FileSet) -> bool:
    """Whether anything is compiled for the very processor that compiles it (`-march=native`)."""
    return any(f.native for f in files)


def read_files(directory: Path, report: Report) -> FileSet:
    """Every file below the directory; what can be no part of a configuration goes to `report`."""
    found = [f for path in _walk(directory, report) if (f := _read(directory, path, report))]
    return FileSet(tuple(sorted(found, key=lambda f: os.fsencode(f.path))))


def _walk(directory: Path, report: Report) -> Iterator[Path]:
    def on_error(error: OSError) -> None:
        report.add(Path(error.filename), None, f"cannot be listed: {reason(error)}", None)

    for parent, directories, files in os.walk(directory, onerror=on_error):
        here = Path(parent)
        yield from (here / name for name in files)
        yield from (here / name for name in directories if (here / name).is_symlink())
        directories[:] = [name for name in directories if name not in _UNREAD]


def _read(directory: Path, path: Path, report: Report) -> ConfigFile | None:
    relative = PurePosixPath(path.relative_to(directory))
    try:
        mode = path.lstat().st_mode
        if S_ISLNK(mode):
            link = str(path.readlink())
            return ConfigFile(path=relative, digest=_sha256(os.fsencode(link)), link=link)
        if not S_ISREG(mode):
            if not S_ISDIR(mode):
                report.add(path, None, "is neither a file, a directory nor a link", "remove it")
            return None
        content = path.read_bytes()
    except OSError as error:
        report.add(path, None, f"cannot be read: {reason(error)}", None)
        return None
    return ConfigFile(
        path=relative,
        digest=_sha256(content),
        executable=bool(mode & 0o111),
        lines=_lines(content) if _is_package_file(relative) else (),
        native=relative.parts[0] == _PORTAGE.name and bool(_NATIVE.search(content)),
    )


def _lines(content: bytes) -> tuple[str, ...]:
    text = content.decode("utf-8", "backslashreplace")
    return tuple(" ".join(line.text.split()) for line in meaningful_lines(text))


def _is_package_file(path: PurePosixPath) -> bool:
    inside = path.parts[1:] if path.parts[0] == _PORTAGE.name else ()
    if inside[:1] == ("profile",):
        inside = inside[1:]
    return bool(inside) and inside[0].startswith("package.") and not any(map(is_ignored, inside))


def _atom_of(line: str) -> str:
    word = line.partition(" ")[0]
    return word.removeprefix("-") if word.startswith("-") else word


def _begins(
    parts: tuple[str, ...], lengths: Collection[int], wanted: Collection[tuple[str, ...]]
) -> bool:
    return any(parts[:length] in wanted for length in lengths)


def _sha256(content: bytes) -> str:
    return sha256(content).hexdigest()
