"""What is looked at: the directory of a target or of the host, as far as it could be read."""

from dataclasses import dataclass
from pathlib import Path

from bh_container.config.files import FileSet
from bh_container.config.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`target` is None for the host; `tuple` is what its compiler builds for."""

    directory: Path
    tuple: str
    elibc: str
    files: FileSet
    target: Target | None = None

    @property
    def portage(self) -> Path:
        """What becomes /etc/portage."""
        return self.directory / "target-portage"

    @property
    def make_conf(self) -> Path:
        return self.portage / "make.conf"

    @property
    def worlds(self) -> Path:
        return self.directory / "worlds"
