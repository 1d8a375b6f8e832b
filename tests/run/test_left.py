"""What a run is said to have left, held to what is there."""

import pytest

from bh_container.run.left import Left, new_layers
from bh_container.run.space import space_of
from tests.run.stage import BOX, Killed, Stage


def test_a_first_run_and_the_next(stage: Stage) -> None:
    host = stage.image("host")
    result = stage.build(host)
    first = stage.shop.journal(BOX).read()
    assert first.left is not None and first.image is not None and first.last is not None
    assert first.left.build == space_of(result) > 0
    assert first.left.packages >= space_of(stage.project.binpkgs(BOX) / "sys-apps/busybox") > 0
    assert first.left.layers == new_layers(stage.engine, first.image, first.last.base) > 0
    assert first.left.total == first.left.build + first.left.layers + first.left.packages

    (stage.project.configs / BOX / "worlds/net").write_text("net-misc/dropbear\na-b/c\n")
    stage.build(host)
    second = stage.shop.journal(BOX).read()
    assert second.left is not None and second.image is not None
    assert second.left.layers == new_layers(stage.engine, second.image, first.image) > 0
    whole = sum(layer.size for layer in stage.engine.layers(second.image))
    assert second.left.layers < whole


def test_an_image_whose_base_is_gone(stage: Stage) -> None:
    image = stage.image("host")
    whole = sum(layer.size for layer in stage.engine.layers(image))
    assert new_layers(stage.engine, image, "no such image") == whole
    assert new_layers(stage.engine, image, image) == 0


def test_an_open_run_keeps_what_the_last_one_left(stage: Stage) -> None:
    stage.build(stage.image("host"))
    left = stage.shop.journal(BOX).read().left
    stage.crew.kill_at("world")
    (stage.project.configs / BOX / "worlds/net").write_text("net-misc/dropbear\na-b/c\n")
    with pytest.raises(Killed):
        stage.build(stage.image("host"))
    state = stage.shop.journal(BOX).read()
    assert state.open is not None
    assert state.left == left != Left()
