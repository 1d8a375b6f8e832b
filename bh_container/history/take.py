"""Taking a snapshot: the images get names first, and then the snapshot appears."""

from collections.abc import Mapping
from dataclasses import replace

from bh_container.engine.protocol import Container, Engine
from bh_container.history.identity import snapshot_reference
from bh_container.history.layers import own_bytes
from bh_container.history.look import LOOK_LABEL, look_mark, unmount_snapshot
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import Part, Snapshot


def take_snapshot(engine: Engine, shelf: Shelf, wanted: Snapshot) -> Snapshot:
    """Save this under the id that it has; its parts get their sizes here."""
    snapshot = replace(wanted, parts=_weighed(engine, shelf, wanted))
    for unit, part in snapshot.parts.items():
        reference = snapshot_reference(snapshot.project, unit, snapshot.id)
        engine.tag_image(part.image, reference)
    shelf.put(snapshot)
    return snapshot


def release_images(engine: Engine, snapshot: Snapshot) -> None:
    """Take away the names that a snapshot gave; an image goes with its last name.

    So do the containers that somebody looks at it with.
    """
    unmount_snapshot(engine, snapshot)
    for unit in snapshot.parts:
        engine.remove_image(snapshot_reference(snapshot.project, unit, snapshot.id))


def users_of(engine: Engine, snapshot: Snapshot) -> list[Container]:
    """The containers, but those that somebody looks with, for which its images cannot go."""
    going = []
    for unit in snapshot.parts:
        reference = snapshot_reference(snapshot.project, unit, snapshot.id)
        image = engine.image(reference)
        if image is not None and image.references == (reference,):
            going.append(image.id)
    mark = look_mark(snapshot)
    return [
        one
        for one in engine.containers()
        if one.base in going and one.labels.get(LOOK_LABEL) != mark
    ]


def _weighed(engine: Engine, shelf: Shelf, wanted: Snapshot) -> Mapping[str, Part]:
    parent = shelf.read(wanted.parent) if wanted.parent else None
    before = parent.images.values() if parent else ()
    others = [engine.layers(image) for image in before if engine.image(image)]
    parts = {}
    for unit, part in wanted.parts.items():
        layers = engine.layers(part.image)
        size = sum(layer.size for layer in layers)
        parts[unit] = replace(part, size=size, own=own_bytes(layers, others))
    return parts
