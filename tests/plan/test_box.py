"""The box of a target."""

from dataclasses import replace

import pytest

from bh_container.config.target import Box
from bh_container.plan.box import BOXES, box_of
from tests.shipped import Shipped


def test_every_box_has_its_row() -> None:
    assert set(BOXES) == set(Box)
    for box, package in BOXES.items():
        assert package.package == f"sys-apps/{package.program}"
        assert (package.config, package.mini_config) == (box.config, box.mini_config)


@pytest.mark.parametrize("box", Box)
def test_a_target_has_the_box_it_asks_for(shipped: Shipped, box: Box) -> None:
    assert box_of(replace(shipped.target(), box=box)) is BOXES[box]


def test_a_target_without_a_box_is_a_mistake_of_ours(shipped: Shipped) -> None:
    with pytest.raises(AssertionError, match="rpi4-bb-mini has no box"):
        box_of(replace(shipped.target(), box=None))
