"""The configuration of a run, as text: so that the next plan can say which line has changed.

One file for each run that still counts, beside the journals: the last complete one, and the open
one. It is no part of what decides what runs; where it is missing, reasons are less exact.
"""

import json
import os
from pathlib import Path
from typing import Protocol

from bh_container.config.files import ConfigFile, FileSet
from bh_container.config.project import Project
from bh_container.durable import write_durably
from bh_container.plan.change import Text, Texts
from bh_container.plan.step import contents

VERSION = 1
_LARGEST = 1 << 20


class Configured(Protocol):
    """A target, or the host: a directory of configuration, as it was read."""

    @property
    def directory(self) -> Path: ...

    @property
    def files(self) -> FileSet: ...


def keep_texts(
    project: Project, unit: str, runs: tuple[str, str | None], configured: Configured
) -> None:
    """Write down what the configuration is for a run, the first of `runs`.

    What was kept for the others of `runs` stays; what was kept for older ones goes.
    """
    file = _file(project, unit, runs[0])
    file.parent.mkdir(parents=True, exist_ok=True)
    known = {
        name: [text.kind, text.digest, None if text.lines is None else list(text.lines)]
        for name, text in texts_of(configured).items()
    }
    write_durably(file, json.dumps({"v": VERSION, "files": known}))
    wanted = {_file(project, unit, run) for run in runs if run}
    for other in file.parent.iterdir():
        if other not in wanted:
            other.unlink(missing_ok=True)


def kept_texts(project: Project, unit: str, run: str) -> Texts | None:
    """What was kept for a run; None where nothing was, or nothing that can be understood."""
    try:
        read = json.loads(_file(project, unit, run).read_bytes())
        return {
            str(name): Text(
                kind=str(kind),
                digest=str(digest),
                lines=None if lines is None else tuple(map(str, lines)),
            )
            for name, (kind, digest, lines) in read["files"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def texts_of(configured: Configured) -> Texts:
    """The configuration as it is now."""
    kinds = contents(configured.files)
    return {
        _printable(str(f.path)): _text(
            configured.directory, f, kinds[str(f.path)].partition(" ")[0]
        )
        for f in configured.files
    }


def _text(config: Path, file: ConfigFile, kind: str) -> Text:
    if file.link is not None:
        return Text(kind=kind, digest=file.digest, lines=(_printable(file.link),))
    lines = None
    try:
        path = config / file.path
        if path.stat().st_size <= _LARGEST:
            lines = tuple(path.read_bytes().decode("utf-8").split("\n"))
    except (OSError, UnicodeDecodeError):
        lines = None
    return Text(kind=kind, digest=file.digest, lines=lines)


def _printable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def _file(project: Project, unit: str, run: str) -> Path:
    return _directory(project, unit) / f"{run}.json"


def _directory(project: Project, unit: str) -> Path:
    return project.journal / "texts" / unit
