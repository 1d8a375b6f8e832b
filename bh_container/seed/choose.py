"""Which seed a word means: a stage3 from a mirror, a tarball, an image, or the lab seed."""

from dataclasses import dataclass, replace
from pathlib import Path

from bh_container.config.choices import LAB, STAGE3
from bh_container.engine.protocol import Engine
from bh_container.errors import BhError
from bh_container.events import Listener
from bh_container.seed.archive import import_archive, local_seed, reference_of
from bh_container.seed.lab import LabRecipe, lab_seed
from bh_container.seed.mirror import Mirrors, fetch_stage3, newest_stage3
from bh_container.seed.seed import Seed, has_hosts
from bh_container.seed.stage3 import Stage3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where seeds come from; `unsigned` allows a tarball without a signature beside it."""

    lab: LabRecipe
    mirrors: Mirrors
    unsigned: bool = False


def choose_seed(
    engine: Engine,
    word: str,
    sources: Sources,
    tell: Listener,
    *,
    locked: Stage3 | None = None,
    bare: bool = True,
) -> Seed:
    """The seed that the setting `seed` names, made or imported where it is not there yet.

    Unless it is needed `bare`, one that host images were made from need not be there itself.
    The stage3 of a lock file (`locked`) is taken as it says; without one, the newest there is.
    """
    if word == STAGE3:
        return _stage3_seed(engine, sources.mirrors, tell, locked, bare)
    if word == LAB:
        return lab_seed(engine, sources.lab, tell, bare=bare)
    if "/" not in word or Path(word).exists():
        return local_seed(engine, Path(word), sources.mirrors, sources.unsigned, tell)
    image = engine.image(word)
    if image is None:
        raise BhError(
            f"--seed {word}: there is neither a file nor an image of that name",
            remedy="give the path of a stage3 tarball, an image reference, or 'lab'",
        )
    return Seed(identity=image.id, image=image.id)


def _stage3_seed(
    engine: Engine, mirrors: Mirrors, tell: Listener, locked: Stage3 | None, bare: bool
) -> Seed:
    """What was verified and imported once is taken from Podman's store, without a network."""
    stage3 = locked or newest_stage3(mirrors, tell)
    image = engine.image(reference_of(stage3.sha512))
    if image is not None:
        return Seed(identity=stage3.sha512, image=image.id, stage3=stage3)
    if not bare and has_hosts(engine, stage3.sha512):
        return Seed(identity=stage3.sha512, image="", stage3=stage3)
    archive = fetch_stage3(mirrors, stage3, tell)
    return replace(import_archive(engine, archive, stage3.sha512, tell), stage3=stage3)
