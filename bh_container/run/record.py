"""The record of one step: its log, its memory, and the status file that says how it ended.

`bh_container/steps/run.sh` writes them from inside the container, so they are true whatever
becomes of the connection, of the Podman service, or of this process.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from bh_container.plan import places

RUN_LOG = "all.log"
"""Beside the records of a run: what all its steps wrote, in one file."""

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`directory` is the unit's log directory on this machine; the container sees it too."""

    directory: Path
    name: str

    @classmethod
    def of_step(cls, directory: Path, number: int, step: str) -> "Record":
        """The record of step `number` (counted from 1) of a unit's steps."""
        return cls(directory=directory, name=f"{number:02}-{step.replace(':', '-')}")

    @property
    def log(self) -> Path:
        """Everything the step wrote, each time it ran."""
        return self.directory / f"{self.name}.log"

    @property
    def inside(self) -> str:
        """The record's path in the container, without an ending."""
        return f"{places.LOG}/{self.name}"

    def status(self) -> int | None:
        """The step's exit status; None while it runs, and where something ended it."""
        try:
            return int(self.status_file.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None

    def memory(self) -> int | None:
        """The bytes that the step's processes had for themselves at most; None where unknown."""
        try:
            return int(self._memory_file.read_text(encoding="ascii")) * PAGE
        except (FileNotFoundError, ValueError):
            # The step was started by an earlier version, or the disk was full.
            return None

    def clear(self) -> None:
        """Forget how an earlier run of the step ended."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.status_file.unlink(missing_ok=True)
        self._memory_file.unlink(missing_ok=True)

    @property
    def _memory_file(self) -> Path:
        return self.directory / f"{self.name}.memory"

    @property
    def status_file(self) -> Path:
        """What appears when the step has ended, after its log is whole."""
        return self.directory / f"{self.name}.status"
