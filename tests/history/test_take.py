"""What a snapshot does to the engine's images, and what it weighs."""

import pytest

from bh_container.engine.protocol import EngineError
from bh_container.history.snapshot import HOST, Part, Snapshot
from tests.history.conftest import BOX, DONE, PROJECT, Store


def wanted(name: str, parent: str | None, **images: str) -> Snapshot:
    units = {"host": HOST, "box": BOX}
    parts = {units[unit]: Part(image=image, steps=DONE) for unit, image in images.items()}
    return Snapshot(id=name, project=PROJECT, parent=parent, parts=parts)


def test_images_have_names_of_their_snapshot(store: Store) -> None:
    host, box = store.image("host", 100), store.image("box", 20)
    store.take(wanted("1", None, host=host, box=box))
    assert store.references(host)[-1] == f"localhost/bh-container/history/{PROJECT}/host:1"
    assert store.references(box)[-1] == f"localhost/bh-container/history/{PROJECT}/{BOX}:1"


def test_sizes(store: Store) -> None:
    host, box = store.image("host", 100), store.image("box", 20)
    first = store.take(wanted("1", None, host=host, box=box))
    assert (first.size, first.own) == (120, 120)
    second = store.take(wanted("2", "1", host=host, box=store.changed(box)))
    assert (second.size, second.own) == (121, 1)
    assert store.shelf.read("2") == second


def test_a_parent_whose_images_are_gone_shares_nothing(store: Store) -> None:
    host = store.image("host", 100)
    store.release(store.take(wanted("1", None, host=host)))
    store.engine.remove_image(host)
    assert store.take(wanted("2", "1", host=store.image("host", 50))).own == 50


def test_without_an_image_there_is_no_snapshot(store: Store) -> None:
    with pytest.raises(EngineError):
        store.take(wanted("1", None, host="missing"))
    assert store.shelf.ids() == ()


def test_released_images_go_with_their_last_name(store: Store) -> None:
    host = store.image("host", 1)
    snapshots = [store.take(wanted(name, None, host=host)) for name in ("1", "2")]
    store.engine.remove_image("localhost/host:1")
    for snapshot, left in zip(snapshots, (1, 0), strict=True):
        store.release(snapshot)
        assert len(store.references(host)) == left
    assert store.engine.image(host) is None
    store.release(snapshots[0])
