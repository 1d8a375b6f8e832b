"""A seed: the image that a host image starts from, and what identifies its content."""

from dataclasses import dataclass

from bh_container.seed.stage3 import Stage3

REPOSITORY = "localhost/bh-container/seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """`identity` is the same on every machine; `image` is an id in this machine's store.

    `stage3` is what a lock file keeps of a seed that came from a mirror.
    """

    identity: str
    image: str
    stage3: Stage3 | None = None
