"""Pinning what builds are made from: the lock is read, completed, and moved forward."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bh_container.config.choices import LAB
from bh_container.config.host import Host
from bh_container.config.pins import Pins, SeedPin, differences, read_pins, write_pins
from bh_container.config.target import Target
from bh_container.events import Note
from bh_container.plan.sync import Sync, source, sync_of, sync_of_target
from bh_container.run.remote import head_of, newest_snapshot
from bh_container.run.seeds import SeedMoved
from bh_container.run.workshop import Workshop
from bh_container.seed.seed import Seed

UNIT = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a build needs pinned."""

    host: Sync
    targets: tuple[Sync, ...]

    def sources(self) -> Iterator[str]:
        """Every git repository, as the lock names it."""
        for sync in (self.host, *self.targets):
            yield from map(source, sync.git)

    @property
    def unpinned(self) -> bool:
        """Whether there are repositories that only the day pins."""
        return any(sync.others for sync in (self.host, *self.targets))


def needs_of(host: Host, targets: Iterable[Target], *, syncs: bool) -> Needs:
    """What is to be pinned for these configurations; `syncs` as in `plan.host.Ground`."""
    return Needs(
        host=sync_of(host.repos_conf, default=syncs),
        targets=tuple(sync_of_target(one.repos_conf) for one in targets),
    )


def pin(shop: Workshop, seed: Seed, needs: Needs) -> Pins:
    """The lock, completed by what this build is the first one to need.

    Raises `SeedMoved` where the lock is about another seed. The lab's recipe comes with the
    project's files, and no other one is to be had: there the lock follows.
    """
    old = read_pins(shop.project.lock)
    found = locked = _seed_pin(shop, seed)
    if old.seed is not None and old.seed.identity != found.identity:
        if not old.seed.source == found.source == LAB:
            raise SeedMoved(shop.project.lock, old.seed, f"{found.source} {found.identity[:20]}")
        shop.tell(Note(unit=UNIT, text="the lab seed's recipe is another one: the lock follows"))
    elif old.seed is not None:
        locked = old.seed
    new = _completed(shop, replace(old, seed=locked), needs)
    if differences(old, new):
        write_pins(shop.project.lock, replace(new, synced=_now()))
        return read_pins(shop.project.lock)
    return old


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The lock as it would be, and what is different from the one that is there, a line each."""

    pins: Pins
    changes: tuple[str, ...]


def move(shop: Workshop, seed: Seed, needs: Needs) -> Move:
    """What the lock would be now.

    Where ::gentoo comes by git, its snapshot is only what a first run begins with: it moves
    with the seed alone.
    """
    old, found = read_pins(shop.project.lock), _seed_pin(shop, seed)
    same_seed = old.seed is not None and old.seed.identity == found.identity
    stays = same_seed and needs.host.main_is_git
    start = Pins(seed=found, snapshot=old.snapshot if stays else None, synced=old.synced)
    new = _completed(shop, start, needs)
    new = replace(new, repositories={**old.repositories, **new.repositories})
    changes = differences(old, new)
    if needs.unpinned:
        changes = (*changes, "repositories that are not git: as they are now")
    if not changes:
        return Move(pins=old, changes=())
    return Move(pins=replace(new, synced=_now()), changes=changes)


def _completed(shop: Workshop, pins: Pins, needs: Needs) -> Pins:
    repositories = dict(pins.repositories)
    for name in needs.sources():
        if name not in repositories:
            shop.tell(Note(unit=UNIT, text=f"asking for the newest commit of {name}"))
            repositories[name] = head_of(name)
    snapshot = pins.snapshot
    if snapshot is None and needs.host.main:
        shop.tell(Note(unit=UNIT, text="asking for the newest snapshot of ::gentoo"))
        mirrors = shop.settings.gentoo_mirrors or shop.settings.tarball_mirror
        snapshot = newest_snapshot(mirrors, datetime.now(UTC).date())
    return replace(pins, repositories=repositories, snapshot=snapshot)


def _seed_pin(shop: Workshop, seed: Seed) -> SeedPin:
    word, stage3 = shop.settings.seed, seed.stage3
    source = Path(word).name if Path(word).exists() else word
    if stage3 is None:
        return SeedPin(source=source, identity=seed.identity)
    return SeedPin(
        source=source,
        identity=seed.identity,
        build=stage3.build,
        directory=stage3.directory,
        file=stage3.file,
        size=str(stage3.size),
    )


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
