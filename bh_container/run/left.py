"""What a complete run has left on the disk: the next one's need for space is told from it."""

from dataclasses import dataclass
from pathlib import Path

from bh_container.engine.protocol import Engine
from bh_container.history.layers import own_bytes
from bh_container.run.space import space_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """In bytes: its build directory, its layers in Podman's store, and its new binary packages.

    What it took while it ran, and gave back, is no part of it.
    """

    build: int = 0
    layers: int = 0
    packages: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.build + self.layers + self.packages


def new_layers(engine: Engine, image: str, base: str) -> int:
    """The bytes that an image has beside those of the image that a run began with."""
    others = [engine.layers(base)] if engine.image(base) else []
    return own_bytes(engine.layers(image), others)


def left_by(engine: Engine, *, image: str, base: str, build: Path, packages: int) -> Left:
    """What a target's run left, of which `packages` had to be measured before."""
    layers = new_layers(engine, image, base)
    return Left(build=space_of(build), layers=layers, packages=packages)
