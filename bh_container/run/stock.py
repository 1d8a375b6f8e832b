"""Taking stock: what a project has in Podman's store and on the disk, and what is proven to be its.

The label of the project is inherited by whatever a user makes from our images; the name of a
container of ours is not, nor is the name of an image.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bh_container.engine.protocol import EngineError
from bh_container.history.identity import (
    HISTORY_REPOSITORY,
    PROJECT_LABEL,
    SYSROOT_REPOSITORY,
    former_ids,
    known_id,
)
from bh_container.history.inventory import (
    HOST,
    Ending,
    Inventory,
    PastRun,
    PastSnapshot,
    Place,
    StoredContainer,
    StoredImage,
    StoredPath,
    Unit,
)
from bh_container.history.shelf import Shelf
from bh_container.output.build import host_image_of
from bh_container.run import host
from bh_container.run.journal import Past
from bh_container.run.rooms import CONTAINER, UNFINISHED
from bh_container.run.workshop import UNIT_LABEL, Workshop
from bh_container.seed import seed

REMOVED = ".removed."
"""How the name of a directory begins that is being removed."""

PASSING = "passing"
"""The unit of what is made for a moment."""

_COMMON = (f"{host.REPOSITORY}:", f"{seed.REPOSITORY}:")
_TEMPORARY = ("*.new", "*.partial", "lab-root-*.tar")
_JOURNAL = ".jsonl"
_DATE = re.compile(r"\d{8}T\d{6}Z")


def unit_names(shop: Workshop) -> tuple[str, ...]:
    """The host, every target, and whatever else has a journal."""
    targets = {path.name for path in shop.project.target_directories()}
    journals = {path.name for path in shop.project.journal.glob(f"*{_JOURNAL}")}
    return tuple(sorted({HOST, *targets, *(name.removesuffix(_JOURNAL) for name in journals)}))


def take_stock(shop: Workshop, busy: frozenset[str], *, former: bool = False) -> Inventory:
    """Everything that there is at this moment. `busy` locks are held by another process.

    With `former`, what the project had made before it got its present id is its own, too.
    """
    ids = _identities(shop, former=former)
    pasts = {name: shop.journal(name).past() for name in unit_names(shop)}
    units = [
        Unit(name=name, runs=tuple(_runs(shop, name, past)), busy=name in busy)
        for name, past in pasts.items()
    ]
    return Inventory(
        units=(*units, Unit(name=PASSING, busy=bool(busy))),
        snapshots=tuple(_snapshots(shop)),
        containers=tuple(_containers(shop, ids)),
        images=tuple(_images(shop, ids)),
        paths=tuple(_paths(shop, pasts)),
        building=bool(busy),
    )


def _runs(shop: Workshop, unit: str, pasts: tuple[Past, ...]) -> Iterator[PastRun]:
    for past in pasts:
        images = {past.image}
        if past.ending is Ending.OPEN:
            images = {past.run.base}
        elif past.result and unit != HOST:
            images.add(host_image_of(shop.project.builds / past.result))
        yield PastRun(
            id=past.run.id,
            ending=past.ending,
            at=past.run.at or 0.0,
            images=frozenset(filter(None, images)),
        )


def _snapshots(shop: Workshop) -> Iterator[PastSnapshot]:
    for one in Shelf(shop.project.history).all():
        date = _DATE.match(one.id)
        moment = datetime.strptime(date[0], "%Y%m%dT%H%M%S%z") if date else datetime.now(UTC)
        yield PastSnapshot(
            id=one.id,
            at=moment.timestamp(),
            images=frozenset(one.images.values()),
            runs=frozenset((unit, part.run) for unit, part in one.parts.items() if part.run),
            pinned=bool(one.tags),
        )


def _identities(shop: Workshop, *, former: bool) -> tuple[str, ...]:
    """A project that has none yet has made nothing, and gets none by looking."""
    file = shop.project.identity_file
    identity = known_id(file)
    if identity is None:
        return ()
    return (identity, *(former_ids(file) if former else ()))


def _containers(shop: Workshop, ids: tuple[str, ...]) -> Iterator[StoredContainer]:
    for found in shop.engine.containers():
        name = CONTAINER.fullmatch(found.name)
        unit = None
        if name and found.labels.get(PROJECT_LABEL) in ids:
            unit = PASSING if name["passing"] else found.labels.get(UNIT_LABEL)
        yield StoredContainer(
            id=found.id,
            name=found.name,
            base=found.base,
            unit=unit,
            run=name["run"] if name else None,
        )


def _images(shop: Workshop, ids: tuple[str, ...]) -> Iterator[StoredImage]:
    ours, former = _beginnings(ids[:1]), _beginnings(ids[1:])
    held = tuple(f"{seed.REPOSITORY}/{identity}/" for identity in ids)
    for image in shop.engine.images():
        try:
            layers = shop.engine.layers(image.id)
        except EngineError:
            continue  # somebody else has just removed it
        names = image.references
        yield StoredImage(
            id=image.id,
            created=image.created,
            layers=layers,
            ours=_begun(names, ours),
            common=_begun(names, (*_COMMON, *held)),
            former=_begun(names, former),
            others=tuple(n for n in names if not n.startswith((*_COMMON, *held, *ours, *former))),
            made_here=image.labels.get(PROJECT_LABEL) in ids or bool(_begun(names, held)),
        )


def _beginnings(ids: tuple[str, ...]) -> tuple[str, ...]:
    """How the names begin that projects with these ids have given."""
    repositories = (HISTORY_REPOSITORY, SYSROOT_REPOSITORY)
    return tuple(f"{one}/{identity}/" for one in repositories for identity in ids)


def _begun(names: tuple[str, ...], beginnings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name.startswith(beginnings))


def _paths(shop: Workshop, pasts: dict[str, tuple[Past, ...]]) -> Iterator[StoredPath]:
    project = shop.project
    for unit, runs in pasts.items():
        results = {past.result: past.run.id for past in runs}
        for path in sorted(project.builds.glob(f"{unit}.*")):
            run = results.get(path.name)
            yield StoredPath(path=path, place=Place.BUILD, unit=unit, run=run)
        for path in sorted(project.logs(unit).glob("*")):
            place = Place.LEFTOVER if path.name.startswith(REMOVED) else Place.LOGS
            yield StoredPath(path=path, place=place, unit=unit, run=path.name)
    for path in sorted(project.builds.glob(f"{UNFINISHED}*")):
        unit = path.name.removeprefix(UNFINISHED)
        yield StoredPath(path=path, place=Place.UNFINISHED, unit=unit)
    yield from _leftovers(project.builds, f"{REMOVED}*")
    for pattern in _TEMPORARY:
        yield from _leftovers(project.seeds, pattern)


def _leftovers(directory: Path, pattern: str) -> Iterator[StoredPath]:
    for path in sorted(directory.glob(pattern)):
        yield StoredPath(path=path, place=Place.LEFTOVER)
