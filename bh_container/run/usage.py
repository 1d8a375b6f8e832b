"""What a project takes: its images and containers in Podman's store, and its directories."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bh_container.history.inventory import Inventory, Place
from bh_container.history.snapshot import MANIFEST
from bh_container.history.usage import Thing, Usage, image_bytes, image_usage
from bh_container.run.space import space_of
from bh_container.run.stock import take_stock
from bh_container.run.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything that takes space, and what it is in all: what is shared counts once."""

    usages: tuple[Usage, ...]
    total: int


def measure(shop: Workshop) -> Measured:
    """Look at everything; takes no lock, and changes nothing."""
    inventory = take_stock(shop, frozenset())
    images = tuple(image_usage(inventory))
    others = (
        *_exports(shop),
        *_containers(shop, inventory),
        *_builds(inventory),
        *_volumes(shop),
    )
    total = image_bytes(inventory) + sum(usage.size for usage in others)
    return Measured(usages=(*images, *others), total=total)


def _exports(shop: Workshop) -> Iterator[Usage]:
    """What was exported of snapshots: whatever is beside their manifests."""
    for directory in sorted(shop.project.history.glob("[!.]*/")):
        if any(path.name != MANIFEST for path in directory.iterdir()):
            yield _whole(Thing.EXPORT, directory.name, space_of(directory))


def _containers(shop: Workshop, inventory: Inventory) -> Iterator[Usage]:
    for container in inventory.containers:
        if container.unit is not None:
            yield _whole(Thing.CONTAINER, container.name, shop.engine.container_size(container.id))


def _builds(inventory: Inventory) -> Iterator[Usage]:
    for one in inventory.paths:
        if one.place in (Place.BUILD, Place.UNFINISHED):
            yield _whole(Thing.BUILD, one.path.name, space_of(one.path))


def _volumes(shop: Workshop) -> Iterator[Usage]:
    """The directories of `volumes/`, the stores of binary packages one by one.

    What can be fetched or made again without a build being repeated is a cache.
    """
    project = shop.project
    caches = {
        "distfiles": project.root / shop.settings.distfiles,
        "ccache": project.ccache,
        "seeds": project.seeds,
    }
    for name, directory in caches.items():
        if directory.exists():
            yield _whole(Thing.CACHE, name, space_of(directory.resolve()), note=_link(directory))
    for directory in sorted(_stores(project.volumes)):
        name = str(directory.relative_to(project.volumes))
        if directory.is_dir() and name not in caches:
            yield _whole(Thing.VOLUME, name, space_of(directory))


def _stores(volumes: Path) -> Iterator[Path]:
    for directory in volumes.glob("*"):
        if directory.name in ("binpkgs", "overlays", "log"):
            yield from directory.glob("*")
        else:
            yield directory


def _link(directory: Path) -> str:
    """Where it is, when that is not where its name says."""
    real = directory.resolve()
    return "" if real == directory.absolute() else str(real)


def _whole(thing: Thing, name: str, size: int, note: str = "") -> Usage:
    return Usage(thing=thing, name=name, size=size, own=size, note=note)
