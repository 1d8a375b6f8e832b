"""A seed: the image that a host image starts from, and what identifies its content."""

from dataclasses import dataclass

REPOSITORY = "localhost/bh-container/seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """`identity` is the same on every machine; `image` is an id in this machine's store."""

    identity: str
    image: str
