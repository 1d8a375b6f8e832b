"""What everything of a project takes, from an inventory: in all, and beside what it shares."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bh_container.engine.protocol import Layer
from bh_container.history.inventory import Inventory, StoredImage


class Thing(StrEnum):
    """What takes space."""

    SNAPSHOT = "snapshot"
    EXPORT = "export"
    IMAGE = "image"
    CONTAINER = "container"
    BUILD = "build"
    VOLUME = "volume"
    CACHE = "cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """`size` is in bytes, `own` what of it would be given back if this alone went.

    `note` says what a name does not.
    """

    thing: Thing
    name: str
    size: int
    own: int
    note: str = ""


def image_usage(inventory: Inventory) -> Iterator[Usage]:
    """Every snapshot, and every image of ours that is in none, oldest first.

    Layers belong to whatever has them in the whole store: those of other projects count.
    """
    images = {image.id: image for image in inventory.images}
    holders = Counter(layer.digest for image in images.values() for layer in set(image.layers))
    for snapshot in inventory.snapshots:
        held = [images[one] for one in sorted(snapshot.images) if one in images]
        inside = Counter(layer.digest for image in held for layer in set(image.layers))
        layers = _layers(held)
        # An image that another snapshot has too stays with that one.
        others = {one for other in inventory.snapshots if other != snapshot for one in other.images}
        kept = _layers([image for image in held if image.id in others])
        alone = {name: inside[name] == holders[name] and name not in kept for name in layers}
        yield Usage(
            thing=Thing.SNAPSHOT,
            name=snapshot.id,
            size=sum(layer.size for layer in layers.values()),
            own=sum(layer.size for name, layer in layers.items() if alone[name]),
            note="tagged" if snapshot.pinned else "",
        )
    in_snapshots = {one for snapshot in inventory.snapshots for one in snapshot.images}
    for image in sorted(inventory.images, key=lambda image: image.created):
        if image.id not in in_snapshots and (image.made_here or image.ours):
            own = sum(one.size for one in set(image.layers) if holders[one.digest] == 1)
            name = image.references[0] if image.references else image.id[:12]
            size = sum(layer.size for layer in image.layers)
            yield Usage(thing=Thing.IMAGE, name=name, size=size, own=own)


def image_bytes(inventory: Inventory) -> int:
    """What all images of the project take together, each layer once."""
    held = {one for snapshot in inventory.snapshots for one in snapshot.images}
    ours = [one for one in inventory.images if one.made_here or one.ours or one.id in held]
    return sum(layer.size for layer in _layers(ours).values())


def _layers(images: list[StoredImage]) -> Mapping[str, Layer]:
    return {layer.digest: layer for image in images for layer in image.layers}
