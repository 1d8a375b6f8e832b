"""The box of a target."""

from dataclasses import replace

import pytest

from bh_container.config.box import Box, Flavour
from bh_container.plan.box import box_of
from tests.shipped import Shipped


@pytest.mark.parametrize("box", Box)
def test_every_box_has_its_rows(shipped: Shipped, box: Box) -> None:
    assert Flavour(box)
    assert box.package == f"sys-apps/{box}"
    assert box.installed.endswith(f"bin/{box}")
    assert box_of(replace(shipped.target(), box=box)) is box


def test_a_target_without_a_box_is_a_mistake_of_ours(shipped: Shipped) -> None:
    with pytest.raises(AssertionError, match="rpi4-bb-mini has no box"):
        box_of(replace(shipped.target(), box=None))
