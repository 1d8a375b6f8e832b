"""Removing what nothing needs any more, in an order that a crash does not hurt.

What is removed in part is under a name that nothing but the next call looks at, and what that call
finds already gone is no error: the same command again finishes.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bh_container.errors import BhError
from bh_container.history.inventory import Inventory
from bh_container.history.keep import Rules
from bh_container.history.sweep import Kind, Removal, freed_bytes, plan_sweep
from bh_container.history.take import release_images
from bh_container.run.lock import STORE, Busy, exclusive, holder
from bh_container.run.snapshot import changing_history
from bh_container.run.space import space_of
from bh_container.run.stock import REMOVED, take_stock, unit_names
from bh_container.run.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What can go, with the bytes that each gives back. `busy` names what was left alone."""

    removals: tuple[Removal, ...]
    sizes: tuple[int, ...]
    busy: tuple[str, ...]


class NotRemoved(BhError):
    """Podman or the file system refused to remove something."""

    def __init__(self, refused: Mapping[str, str]) -> None:
        super().__init__(
            "\n".join(f"{name} was not removed: {why}" for name, why in refused.items()),
            remedy="everything else is gone; podman ps --all --external shows who uses an image",
        )


def survey(shop: Workshop, rules: Rules, now: float) -> Sweep:
    """What would go. Takes no lock, and changes nothing."""
    busy = frozenset(name for name in (STORE, *unit_names(shop)) if holder(shop.lock(name)))
    return _sweep(shop, busy, rules, now)


@contextmanager
def cleaning(shop: Workshop, rules: Rules, now: float) -> Iterator[Sweep]:
    """What can go, as long as nobody else can begin to need it: with the locks of all that is idle.

    A command for a unit ends at once while its lock is held here, and a build waits.
    """
    with ExitStack() as locks:
        names = (STORE, *unit_names(shop))
        busy = frozenset(name for name in names if not _lock(locks, shop, name))
        if shop.project.history.is_dir():
            with changing_history(shop):
                pass  # it begins by finishing the removals of snapshots that were cut
        yield _sweep(shop, busy, rules, now)


def remove(shop: Workshop, removal: Removal) -> None:
    """Remove one thing; what is gone already is no error."""
    match removal.kind:
        case Kind.CONTAINER:
            shop.engine.remove_container(removal.what)
        case Kind.SNAPSHOT:
            with changing_history(shop) as (shelf, _):
                if removal.what in shelf.ids():
                    shelf.remove(removal.what, lambda one: release_images(shop.engine, one))
        case Kind.IMAGE:
            for reference in removal.references or (removal.what,):
                shop.engine.remove_image(reference)
        case _:
            _remove_path(Path(removal.what))


def _lock(locks: ExitStack, shop: Workshop, name: str) -> bool:
    try:
        locks.enter_context(exclusive(name, shop.lock(name)))
    except Busy:
        return False
    return True


def _sweep(shop: Workshop, busy: frozenset[str], rules: Rules, now: float) -> Sweep:
    inventory = take_stock(shop, busy, former=rules.former)
    removals = plan_sweep(inventory, rules, now)
    return Sweep(
        removals=removals,
        sizes=tuple(_sizes(shop, inventory, removals)),
        busy=tuple(sorted(busy)),
    )


def _sizes(shop: Workshop, inventory: Inventory, removals: tuple[Removal, ...]) -> Iterator[int]:
    whole = {image.id: image.references for image in inventory.images}
    going = [
        one.what
        for one in removals
        if one.kind is Kind.IMAGE and set(one.references) == set(whole[one.what])
    ]
    freed = freed_bytes(going, inventory.images)
    for removal in removals:
        match removal.kind:
            case Kind.CONTAINER:
                yield shop.engine.container_size(removal.what)
            case Kind.SNAPSHOT:
                yield space_of(shop.project.history / removal.what)
            case Kind.IMAGE:
                yield freed.get(removal.what, 0)
            case _:
                yield space_of(Path(removal.what))


def _remove_path(path: Path) -> None:
    """A directory is out of sight before the first of its files goes."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    if not path.name.startswith(REMOVED):
        aside = path.with_name(f"{REMOVED}{path.name}")
        _remove_path(aside)
        path = path.replace(aside)
    shutil.rmtree(path)
