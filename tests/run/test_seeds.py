"""Which seed a build gets: the settings name it, and the lock says which one it is."""

from dataclasses import replace

import pytest

from bh_container.config.host import load_host
from bh_container.config.pins import Pins, SeedPin, write_pins
from bh_container.run import seeds
from bh_container.run.pin import needs_of, pin
from bh_container.run.seeds import SeedMoved, next_seed, seed_of
from bh_container.seed.seed import Seed
from bh_container.seed.stage3 import Stage3
from tests.config.tree import HOST, write_tree
from tests.run.stage import Stage

STAGE3 = Stage3(
    directory="amd64",
    build="20261101T000000Z",
    file="stage3-amd64-musl-openrc-20261101T000000Z.tar.xz",
    size=9,
    sha512="0" * 128,
)
LAB = Pins(seed=SeedPin(source="lab", identity="lab-1"))


@pytest.fixture
def asked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[Stage3 | None]:
    """What was asked for as the locked stage3, each time that a seed was chosen."""
    asked: list[Stage3 | None] = []

    def choose(*_: object, locked: Stage3 | None, bare: bool) -> Seed:
        asked.append(locked)
        return Seed(identity=STAGE3.sha512, image="i", stage3=STAGE3)

    monkeypatch.setattr(seeds, "choose_seed", choose)
    stage.settings = replace(stage.settings, seed="stage3")
    return asked


def test_the_stage3_of_the_first_build_is_that_of_later_ones(
    stage: Stage, asked: list[Stage3 | None]
) -> None:
    host = load_host(write_tree(stage.project.configs / "host-here", HOST))
    for _ in range(2):
        pin(stage.shop, seed_of(stage.shop), needs_of(host, (), syncs=True))
    assert asked == [None, STAGE3]


def test_an_update_keeps_it_unless_it_is_told_otherwise(
    stage: Stage, asked: list[Stage3 | None]
) -> None:
    host = load_host(write_tree(stage.project.configs / "host-here", HOST))
    pin(stage.shop, seed_of(stage.shop), needs_of(host, (), syncs=True))
    next_seed(stage.shop, newest=False)
    next_seed(stage.shop, newest=True)
    assert asked == [None, STAGE3, None]


def test_nothing_is_downloaded_that_the_lock_is_not_about(
    stage: Stage, asked: list[Stage3 | None]
) -> None:
    write_pins(stage.project.lock, LAB)
    with pytest.raises(SeedMoved, match="the one that is to be used is a stage3 from"):
        seed_of(stage.shop)
    assert asked == []
    next_seed(stage.shop, newest=False)
    assert asked == [None]
