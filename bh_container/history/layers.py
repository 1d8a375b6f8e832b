"""The layers of images: what an image has for itself, and when there are too many of them."""

from collections.abc import Iterable, Mapping

from bh_container.engine.protocol import Engine, Layer

MOST = 60
"""Overlayfs mounts some 500 layers and Podman 127; both are slow long before."""


def save(engine: Engine, container: str, reference: str, labels: Mapping[str, str]) -> str:
    """Save a container as an image, as one layer on those of its base; return the id.

    Where these are too many, everything is saved as one layer that stands alone.
    """
    found = engine.container(container)
    if found is not None and len(engine.layers(found.base)) >= MOST:
        return engine.flatten(container, reference, labels=labels)
    return engine.commit(container, reference, labels=labels)


def own_bytes(layers: Iterable[Layer], others: Iterable[Iterable[Layer]]) -> int:
    """Bytes of an image that none of the others has: they share the layers that they begin with."""
    chain, known = tuple(layers), [tuple(other) for other in others]
    shared = max((_common(chain, other) for other in known), default=0)
    return sum(layer.size for layer in chain[shared:])


def _common(one: tuple[Layer, ...], other: tuple[Layer, ...]) -> int:
    pairs = zip(one, other, strict=False)
    different = (i for i, (a, b) in enumerate(pairs) if a.digest != b.digest)
    return next(different, min(len(one), len(other)))
