"""A target's binary packages: an overlay while a run makes them, one directory afterwards."""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from bh_container.durable import remove
from bh_container.engine.protocol import Overlay

INDEX = "Packages"
"""What an index of a store is called: alone, or with the ending of a compression behind it."""

OPAQUE = "trusted.overlay.opaque"
"""See the kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinpkgVolume:
    """`store` is what all finished runs left; `upper` what the present one adds to it."""

    store: Path
    upper: Path
    work: Path

    def mount(self, destination: str) -> Overlay:
        """The store with the run's additions on top."""
        for directory in (self.store, self.upper, self.work):
            directory.mkdir(parents=True, exist_ok=True)
        return Overlay(lower=self.store, upper=self.upper, work=self.work, destination=destination)

    def publish(self) -> None:
        """Move the run's additions into the store; no container may have the overlay mounted.

        Each file appears whole or not at all. The index (`Packages`) moves last, so that what it
        names is there. A publication that was cut is finished by the next one.
        """
        if not self.upper.exists():
            return
        for path in sorted(self.upper.rglob("*"), key=lambda path: path.name == "Packages"):
            destination = self.store / path.relative_to(self.upper)
            if path.is_symlink() or not path.is_dir():
                _move(path, destination)
            elif _is_opaque(path):
                remove(destination)
                # A publication that is cut from here on must keep what it moves there.
                os.removexattr(path, OPAQUE)
        shutil.rmtree(self.upper)
        shutil.rmtree(self.work, ignore_errors=True)


def add_packages(new: Path, store: Path) -> None:
    """Move the binary packages below a directory into a store; what is there stays as it is.

    The index is not among them, and made anew by the next build: two do not add up to one.
    """
    for path in new.glob(f"{INDEX}*"):
        path.unlink()
    for path in sorted(new.rglob("*")):
        destination = store / path.relative_to(new)
        if not path.is_dir() and not destination.exists():
            destination.parent.mkdir(parents=True, exist_ok=True)
            path.replace(destination)
    shutil.rmtree(new)


def _move(source: Path, destination: Path) -> None:
    mode = source.lstat().st_mode
    if stat.S_ISCHR(mode):
        # How overlayfs marks a file of the lower directory that was removed.
        remove(destination)
        source.unlink()
        return
    destination.parent.mkdir(parents=True, exist_ok=True)
    if destination.is_dir():
        remove(destination)
    source.replace(destination)


def _is_opaque(directory: Path) -> bool:
    """Whether overlayfs hides what the lower directory has at this place."""
    try:
        return os.getxattr(directory, OPAQUE) == b"y"
    except OSError:
        return False
