"""The seed that a build starts from: what the settings name, as far as the lock says which."""

from pathlib import Path

from bh_container.config.choices import LAB, STAGE3
from bh_container.config.pins import SeedPin, read_pins
from bh_container.config.shipped import lab_directory
from bh_container.errors import BhError
from bh_container.history.identity import PROJECT_LABEL, seed_reference
from bh_container.run.workshop import Workshop
from bh_container.seed import lab
from bh_container.seed.choose import Sources, choose_seed
from bh_container.seed.keys import KeySource
from bh_container.seed.lab import LabRecipe
from bh_container.seed.mirror import Mirrors
from bh_container.seed.seed import REPOSITORY, Seed
from bh_container.seed.stage3 import Stage3


class SeedMoved(BhError):
    """The seed that the settings name is another one than the lock's."""

    def __init__(self, lock: Path, locked: SeedPin, found: str) -> None:
        super().__init__(
            f"{lock}: the seed is {locked.source} {locked.identity[:20]}, "
            f"and the one that is to be used is {found}",
            remedy="use that one, or move the lock to this one: bh-container update",
        )


def seed_of(shop: Workshop, *, bare: bool = False) -> Seed:
    """The seed that the settings name, made or imported where it is not there yet.

    The stage3 of a mirror is the lock's, where there is a lock. Raises `SeedMoved` before one is
    downloaded that the lock is not about. Only where it is needed `bare` must the seed itself be
    there when there are host images that were made from it.
    """
    pinned = read_pins(shop.project.lock).seed
    locked = _stage3(pinned)
    if shop.settings.seed == STAGE3 and pinned is not None and locked is None:
        raise SeedMoved(shop.project.lock, pinned, "a stage3 from a mirror")
    return _chosen(shop, locked, bare=bare)


def next_seed(shop: Workshop, *, newest: bool) -> Seed:
    """The seed that the lock moves to: the stage3 of a mirror only where the `newest` is asked for,
    or where the lock was about another kind of seed.
    """
    return _chosen(shop, None if newest else _stage3(read_pins(shop.project.lock).seed))


def hold_seed(shop: Workshop, seed: Seed) -> None:
    """Give an imported seed a name of the project's: `gc` knows by it who uses it.

    A seed that was made in a project has that one's label. An image that the user named is the
    user's.
    """
    image = shop.engine.image(seed.image) if seed.image else None
    if image is None or PROJECT_LABEL in image.labels:
        return
    if any(name.startswith(f"{REPOSITORY}:") for name in image.references):
        held = seed_reference(shop.identity, seed.image)
        if held not in image.references:
            shop.engine.tag_image(seed.image, held)


def syncs_by_default(shop: Workshop) -> bool:
    """Whether the seed's own repos.conf has repositories synced. The lab's come from no server."""
    return shop.settings.seed != LAB


def seed_sources(shop: Workshop) -> Sources:
    """Where seeds come from, as the settings say."""
    settings, project = shop.settings, shop.project
    mirrors = Mirrors(
        urls=settings.tarball_mirror,
        flavour=settings.stage3_flavour,
        architecture=settings.stage3_arch,
        keys=KeySource(
            signers=settings.stage3_signers, file=settings.stage3_key, cache=project.keys
        ),
        directory=project.seeds,
    )
    return Sources(lab=lab_recipe(shop), mirrors=mirrors, unsigned=settings.unsigned_seed)


def lab_recipe(shop: Workshop) -> LabRecipe:
    """Where the lab seed's recipe and its files are."""
    return LabRecipe(
        directory=lab_directory(shop.project),
        distfiles=shop.project.root / shop.settings.distfiles,
        work=shop.project.seeds,
        labels=shop.labels(lab.UNIT),
    )


def _chosen(shop: Workshop, locked: Stage3 | None, *, bare: bool = False) -> Seed:
    sources = seed_sources(shop)
    seed = choose_seed(
        shop.engine, shop.settings.seed, sources, shop.tell, locked=locked, bare=bare
    )
    hold_seed(shop, seed)
    return seed


def _stage3(pin: SeedPin | None) -> Stage3 | None:
    if (
        pin is None
        or pin.source != STAGE3
        or None in (pin.directory, pin.build, pin.file, pin.size)
    ):
        return None
    return Stage3(
        directory=str(pin.directory),
        build=str(pin.build),
        file=str(pin.file),
        size=int(str(pin.size)),
        sha512=pin.identity,
    )
