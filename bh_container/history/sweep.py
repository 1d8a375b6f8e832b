"""What of a project can go: a decision from an inventory alone.

Whatever is not proven to be of this project stays, and so does what an open run, a busy unit or
anything of somebody else stands on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bh_container.history.inventory import (
    Ending,
    Inventory,
    Place,
    StoredContainer,
    StoredImage,
    StoredPath,
    Unit,
)
from bh_container.history.keep import Rules, kept_runs, kept_snapshots


class Kind(StrEnum):
    """What is removed."""

    CONTAINER = "container"
    SNAPSHOT = "snapshot"
    IMAGE = "image"
    BUILD = "build"
    LOGS = "logs"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One thing that goes, and why. `what` is its id or its path; `name` is for people.

    Of an image, the `references` go: all, or those by which this project held it.
    """

    kind: Kind
    what: str
    name: str
    why: str
    references: tuple[str, ...] = ()


_ENDED = {
    Ending.COMPLETE: "its run is complete",
    Ending.DROPPED: "its run was given up",
    None: "no journal has its run",
}
_KINDS = {
    Place.BUILD: Kind.BUILD,
    Place.LOGS: Kind.LOGS,
    Place.UNFINISHED: Kind.FILES,
    Place.LEFTOVER: Kind.FILES,
}


def plan_sweep(inventory: Inventory, rules: Rules, now: float) -> tuple[Removal, ...]:
    """Everything that can go, in the order in which it has to: nothing before what stands on it."""
    units = {unit.name: unit for unit in inventory.units}
    containers = [
        Removal(kind=Kind.CONTAINER, what=one.id, name=one.name, why=why)
        for one in inventory.containers
        if (why := _why_container(one, units))
    ]
    needed = _needed(inventory, {removal.what for removal in containers})
    snapshots = kept_snapshots(inventory.snapshots, rules, now, needed)
    if inventory.building:
        snapshots = frozenset(one.id for one in inventory.snapshots)
    runs = kept_runs(inventory, snapshots, rules, now)
    return (
        *containers,
        *(
            Removal(kind=Kind.SNAPSHOT, what=one.id, name=one.id, why="no rule keeps it")
            for one in inventory.snapshots
            if one.id not in snapshots
        ),
        *(() if inventory.building else _images(inventory, needed, snapshots)),
        *(
            Removal(kind=_KINDS[one.place], what=str(one.path), name=one.path.name, why=why)
            for one in inventory.paths
            if (why := _why_path(one, units, runs, building=inventory.building))
        ),
    )


def _why_container(one: StoredContainer, units: Mapping[str, Unit]) -> str | None:
    unit = units.get(one.unit) if one.unit else None
    if unit is None or unit.busy:
        return None
    ending = next((run.ending for run in unit.runs if run.id == one.run), None)
    return _ENDED.get(ending)


def _why_path(
    one: StoredPath,
    units: Mapping[str, Unit],
    runs: Mapping[str, frozenset[str]],
    *,
    building: bool,
) -> str | None:
    unit = units.get(one.unit) if one.unit else None
    if unit is None:
        passing = one.place in (Place.UNFINISHED, Place.LEFTOVER)
        return "nothing goes on with it" if passing and not building else None
    if unit.busy or one.run in runs[unit.name]:
        return None
    match one.place:
        case Place.BUILD if one.run:
            return "no rule keeps it"
        case Place.LOGS if unit.newest and one.run != unit.newest.id:
            return "its run is gone"
        case Place.UNFINISHED if not unit.opened:
            return "no run goes on with it"
        case Place.LEFTOVER:
            return "nothing goes on with it"
        case _:
            return None


def _needed(inventory: Inventory, gone: set[str]) -> frozenset[str]:
    """The ids of the images that containers were made from, and of those that runs need: the open
    one of each unit, and the newest complete one, from which the next build goes on.
    """
    needed = {one.base for one in inventory.containers if one.id not in gone}
    for unit in inventory.units:
        for run in filter(None, (unit.opened, *unit.complete[-1:])):
            needed |= run.images
    return frozenset(needed)


def _images(
    inventory: Inventory, needed: frozenset[str], snapshots: frozenset[str]
) -> Iterator[Removal]:
    """The images that can go, the newest first, or of which only a name of ours can.

    What is common to projects stays below an image that stays: there it takes no space, and may
    save a step.
    """
    held = {image for one in inventory.snapshots if one.id in snapshots for image in one.images}
    held |= needed
    staying = [one for one in inventory.images if one.id in held or one.others or not _is_ours(one)]
    below = {one.digests[:depth] for one in staying for depth in range(len(one.layers) + 1)}
    for image in sorted(inventory.images, key=lambda image: -image.created):
        if image.id in held:
            if image.former:
                yield _image(image, image.former, "the project has another id by now")
            continue
        if not image.references:
            if image.made_here:
                yield _image(image, (), "it has no name")
            continue
        goes = image.made_here and image.digests not in below
        if names := (*image.ours, *image.former, *(image.common if goes else ())):
            yield _image(image, names, "nothing that stays needs it")


def _is_ours(image: StoredImage) -> bool:
    return image.made_here or bool(image.ours) or bool(image.former)


def _image(image: StoredImage, references: tuple[str, ...], why: str) -> Removal:
    name = references[0] if references else image.id[:12]
    return Removal(kind=Kind.IMAGE, what=image.id, name=name, why=why, references=references)


def freed_bytes(going: Iterable[str], images: Iterable[StoredImage]) -> Mapping[str, int]:
    """The bytes that go with each of the images `going`, ids in their order.

    A layer goes with the last image that has it.
    """
    left = {image.id: {layer.digest: layer.size for layer in image.layers} for image in images}
    freed = {}
    for identity in going:
        own = left.pop(identity)
        others: set[str] = set().union(*left.values())
        freed[identity] = sum(size for digest, size in own.items() if digest not in others)
    return freed
