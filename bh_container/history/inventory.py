"""What a project has in Podman's store and on the disk, as plain data for a decision.

Times are in seconds since the epoch.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bh_container.engine.protocol import Layer
from bh_container.history.snapshot import HOST


class Ending(StrEnum):
    """How a run stands."""

    OPEN = "open"
    COMPLETE = "complete"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run of a unit. `images` are the ids of those that it cannot do without."""

    id: str
    ending: Ending
    at: float
    images: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The host or a target: its runs, oldest first. `busy` means that a process works on it."""

    name: str
    runs: tuple[PastRun, ...] = ()
    busy: bool = False

    @property
    def newest(self) -> PastRun | None:
        return self.runs[-1] if self.runs else None

    @property
    def opened(self) -> PastRun | None:
        return next((run for run in self.runs if run.ending is Ending.OPEN), None)

    @property
    def complete(self) -> tuple[PastRun, ...]:
        return tuple(run for run in self.runs if run.ending is Ending.COMPLETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSnapshot:
    """A snapshot: the ids of its images, and the run that each target is in. Tags pin it."""

    id: str
    at: float
    images: frozenset[str] = frozenset()
    runs: frozenset[tuple[str, str]] = frozenset()
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContainer:
    """A container; `unit` is None where it is not of this project, `run` where no run has it.

    `base` is the id of its image.
    """

    id: str
    name: str
    base: str
    unit: str | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image, its references by whose they are; `made_here` means that this project made it.

    `common` ones name a content, which any project may use; `former` ones are of an id that this
    project had. `layers` are the lowest first.
    """

    id: str
    created: float
    layers: tuple[Layer, ...] = ()
    ours: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    made_here: bool = False

    @property
    def references(self) -> tuple[str, ...]:
        return (*self.ours, *self.common, *self.former, *self.others)

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(layer.digest for layer in self.layers)


class Place(StrEnum):
    """What a directory or a file of a project is."""

    BUILD = "build"
    LOGS = "logs"
    UNFINISHED = "unfinished build"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPath:
    """A directory or a file of a unit, or of none; `run` is None where it is of no single run."""

    path: Path
    place: Place
    unit: str | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything at one moment. While something is `building`, images may be on their way."""

    units: tuple[Unit, ...] = ()
    snapshots: tuple[PastSnapshot, ...] = ()
    containers: tuple[StoredContainer, ...] = ()
    images: tuple[StoredImage, ...] = ()
    paths: tuple[StoredPath, ...] = ()
    building: bool = False


__all__ = [
    "HOST",
    "Ending",
    "Inventory",
    "PastRun",
    "PastSnapshot",
    "Place",
    "StoredContainer",
    "StoredImage",
    "StoredPath",
    "Unit",
]
