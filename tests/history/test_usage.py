"""What snapshots and images take, from inventories that are only data."""

import pytest

from bh_container.engine.protocol import Layer
from bh_container.history.inventory import Inventory, PastSnapshot, StoredImage
from bh_container.history.usage import image_bytes, image_usage


def image(name: str, layers: str, *, ours: bool = True) -> StoredImage:
    """Each letter is a layer of ten bytes."""
    return StoredImage(
        id=name,
        created=len(layers),
        layers=tuple(Layer(digest=letter, size=10) for letter in layers),
        common=(f"{name}:1",),
        made_here=ours,
    )


def snapshot(name: str, *images: str) -> PastSnapshot:
    return PastSnapshot(id=name, at=1, images=frozenset(images))


@pytest.mark.parametrize(
    ("images", "snapshots", "expected"),
    [
        ((), (), []),
        ((image("i", "ab"),), (), [("i:1", 20, 20)]),
        ((image("i", "ab", ours=False),), (), []),
        ((image("i", "ab"), image("j", "abc")), (), [("i:1", 20, 0), ("j:1", 30, 10)]),
        ((image("i", "ab"),), (snapshot("s", "i"),), [("s", 20, 20)]),
        ((image("i", "ab"), image("j", "ac", ours=False)), (snapshot("s", "i"),), [("s", 20, 10)]),
        # A layer that both images of a snapshot have is its own all the same, and counts once.
        ((image("i", "ab"), image("j", "ac")), (snapshot("s", "i", "j"),), [("s", 30, 30)]),
        (
            (image("h", "h"), image("i", "ab"), image("j", "abc")),
            (snapshot("s", "h", "i"), snapshot("t", "h", "j")),
            [("s", 30, 0), ("t", 40, 10)],
        ),
        ((image("i", "a"),), (snapshot("s", "i", "gone"),), [("s", 10, 10)]),
    ],
)
def test_what_is_shared_is_nobodys_own(
    images: tuple[StoredImage, ...],
    snapshots: tuple[PastSnapshot, ...],
    expected: list[tuple[str, int, int]],
) -> None:
    usages = image_usage(Inventory(images=images, snapshots=snapshots))
    assert [(usage.name, usage.size, usage.own) for usage in usages] == expected


def test_in_all_each_layer_counts_once() -> None:
    images = (image("i", "ab"), image("j", "abc"), image("theirs", "xyz", ours=False))
    assert image_bytes(Inventory(images=images)) == 30
    held = Inventory(images=images, snapshots=(snapshot("s", "theirs"),))
    assert image_bytes(held) == 60
