"""Finding the logs of a unit's newest run, and following one that still grows."""

import os
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.project import Project
from bh_container.errors import BhError
from bh_container.run.changes import changes, wait
from bh_container.run.journal import Journal
from bh_container.run.lock import holder
from bh_container.run.record import RUN_LOG, Record

_PIECE = 65536


class LogUnknown(BhError):
    """A unit that has no logs, or not the one that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A log grows while the process `pid` holds the lock, or until the file `end` is there."""

    pid: int
    lock: Path
    end: Path | None = None

    def is_over(self) -> bool:
        """Whether all that the log will ever have is in it."""
        return holder(self.lock) != self.pid or (self.end is not None and self.end.exists())


def find_log(project: Project, unit: str, step: str | None) -> Path:
    """The log of a step in the unit's newest run, or of that run; raises `LogUnknown`.

    A run's directory begins with its time, so the last one by name is the newest.
    """
    runs = [path for path in _children(project.logs(unit)) if path.is_dir()]
    if not runs:
        raise LogUnknown(f"{project.logs(unit)}: no step of '{unit}' has run yet")
    if step is None:
        found = [path for path in _children(runs[-1]) if path.name == RUN_LOG]
    else:
        found = [path for path in _step_logs(runs[-1]) if _name(path) == step.replace(":", "-")]
    if not found:
        what = f"log of a step '{step}'" if step is not None else RUN_LOG
        raise LogUnknown(f"{runs[-1]}: there is no {what}", remedy=_remedy(_step_logs(runs[-1])))
    # A configuration that was changed meanwhile gives a step another number.
    return max(found, key=lambda path: path.stat().st_mtime_ns)


def growth(project: Project, unit: str, log: Path) -> Growth | None:
    """Who still adds to a log; None when it is whole, or nobody works on the unit."""
    lock = project.lock_file(unit)
    pid = holder(lock)
    if pid is None:
        return None
    if log.name == RUN_LOG:
        return Growth(pid=pid, lock=lock)
    run = Journal(project.journal_file(unit)).read().open
    if run is None or run.begun is None:
        return None
    record = Record(directory=project.logs(unit) / run.id, name=run.begun.record)
    if record.log != log or record.status() is not None:
        return None
    return Growth(pid=pid, lock=lock, end=record.status_file)


def follow(log: Path, growing: Growth) -> Generator[bytes, None, None]:
    """What is in the log and what comes to it, piece by piece, to its end."""
    with log.open("rb") as file, changes(log.parent, growing.lock) as changed, ExitStack() as stack:
        others = _watch_process(growing.pid, stack)
        while True:
            # Asked before the rest is read: what is written before the end is read after it.
            over = growing.is_over()
            while piece := file.read(_PIECE):
                yield piece
            if over:
                return
            wait(changed, *others)


def _watch_process(pid: int, stack: ExitStack) -> list[int]:
    """A descriptor that can be read when the process has ended, with its locks gone.

    None for a process that has ended already, or that this PID namespace does not see.
    """
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return []
    stack.callback(os.close, descriptor)
    return [descriptor]


def _step_logs(run: Path) -> list[Path]:
    """`NN-step.log`, in the order of the steps."""
    return [path for path in _children(run) if path.suffix == ".log" and path.name != RUN_LOG]


def _name(log: Path) -> str:
    """The step's name, with `-` for each `:`."""
    return log.stem.partition("-")[2]


def _remedy(logs: Sequence[Path]) -> str | None:
    names = dict.fromkeys(_name(log) for log in logs)
    return "there are logs of: " + ", ".join(names) if names else None


def _children(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.is_dir() else []
