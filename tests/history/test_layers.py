"""What layers an image has for itself, and that there are never too many."""

import pytest

from bh_container.engine.protocol import ContainerSpec, Layer
from bh_container.history import layers
from bh_container.history.layers import own_bytes, save
from tests.history.conftest import Store

ONE, TWO, THREE = (Layer(digest=str(size), size=size) for size in (1, 10, 100))


@pytest.mark.parametrize(
    ("others", "own"),
    [
        ([], 111),
        ([[ONE]], 110),
        ([[ONE], [ONE, TWO, THREE]], 0),
        ([[TWO]], 111),
        ([[ONE, THREE]], 110),
        ([[ONE, TWO, THREE, THREE]], 0),
    ],
)
def test_what_an_image_has_for_itself(others: list[list[Layer]], own: int) -> None:
    assert own_bytes([ONE, TWO, THREE], others) == own


def test_too_many_layers_become_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "MOST", 3)
    image, counts = store.image("box", 10), []
    for number in range(5):
        name = f"working-{number}"
        store.engine.create_container(ContainerSpec(name=name, image=image))
        (store.engine.mount(name) / f"file-{number}").touch()
        image = save(store.engine, name, f"localhost/box:{number}", {"run": str(number)})
        counts.append(len(store.engine.layers(image)))
    assert counts == [2, 3, 1, 2, 3]
    root = store.engine.mount(name)
    assert sorted(path.name for path in root.iterdir()) == [
        "file",
        *(f"file-{n}" for n in range(5)),
    ]
    found = store.engine.image(image)
    assert found is not None
    assert found.labels["run"] == "4"
