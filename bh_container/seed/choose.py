"""Which seed a word means: a tarball, an image, or the lab seed."""

from pathlib import Path

from bh_container.engine.protocol import Engine
from bh_container.errors import BhError
from bh_container.events import Listener
from bh_container.seed.archive import import_archive
from bh_container.seed.lab import LabRecipe, lab_seed
from bh_container.seed.seed import Seed

STAGE3 = "stage3"
LAB = "lab"


def choose_seed(engine: Engine, word: str, lab: LabRecipe, tell: Listener) -> Seed:
    """The seed that the setting `seed` names, made or imported where it is not there yet."""
    if word == STAGE3:
        raise BhError(
            "downloading a stage3 from a mirror is not supported yet",
            remedy="give --seed the path of a musl stage3 tarball, or 'lab' to try the tool out",
        )
    if word == LAB:
        return lab_seed(engine, lab, tell)
    if "/" not in word or Path(word).exists():
        return import_archive(engine, Path(word), tell)
    image = engine.image(word)
    if image is None:
        raise BhError(
            f"--seed {word}: there is neither a file nor an image of that name",
            remedy="give the path of a stage3 tarball, an image reference, or 'lab'",
        )
    return Seed(identity=image.id, image=image.id)
