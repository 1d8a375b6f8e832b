"""A seed: the image that a host image starts from, and what identifies its content."""

from dataclasses import dataclass

from bh_container.engine.protocol import Engine
from bh_container.seed.stage3 import Stage3

REPOSITORY = "localhost/bh-container/seed"
SEED_LABEL = "bh-container.seed"
"""On a host image: the identity of the seed that it began as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """`identity` is the same on every machine; `image` is an id in this machine's store.

    `image` is empty where host images are all that is left of it, and enough.
    `stage3` is what a lock file keeps of a seed that came from a mirror.
    """

    identity: str
    image: str
    stage3: Stage3 | None = None


def has_hosts(engine: Engine, identity: str) -> bool:
    """Whether there are host images that began as this seed."""
    return bool(engine.images(f"{SEED_LABEL}={identity}"))
