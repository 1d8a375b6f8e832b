"""A snapshot is pushed from one project and pulled into another."""

import pytest

from bh_container.engine.protocol import EngineError
from bh_container.errors import BhError
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import Snapshot
from bh_container.run.journal import Journal
from bh_container.run.travel import pull_snapshot, push_snapshot
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Stage
from tests.run.test_build import project
from tests.run.test_export import Crash, crash_at, other, rebuilt, snapshot
from tests.run.test_target import from_step

__all__ = ["other", "project", "snapshot"]

REGISTRY = "localhost:5000/boards"


@pytest.fixture
def pushed(stage: Stage, snapshot: Snapshot, other: Stage) -> Snapshot:
    """The snapshot, in a registry that both machines reach."""
    other.engine.registry = stage.engine.registry
    images = stage.engine.images()
    push_snapshot(stage.shop, REGISTRY, "newest")
    assert stage.engine.images() == images
    return snapshot


def test_the_other_machine_goes_on(stage: Stage, pushed: Snapshot, other: Stage) -> None:
    pulled = pull_snapshot(other.shop, REGISTRY, "newest")
    assert pulled.images == pushed.images
    assert pulled.project == other.shop.identity != pushed.project
    assert {image.id for image in other.engine.images()} == set(pushed.images.values())
    assert other.engine.containers() == ()
    assert rebuilt(other) == from_step("results")


def test_one_that_is_not_there(pushed: Snapshot, other: Stage) -> None:
    with pytest.raises(EngineError, match="unknown"):
        pull_snapshot(other.shop, REGISTRY, "19990101T000000Z")


def test_an_image_that_is_another_is_refused(stage: Stage, pushed: Snapshot, other: Stage) -> None:
    registry, box = other.engine.registry, f"{REGISTRY}/{BOX}:{pushed.id}"
    registry[box] = registry[f"{REGISTRY}/host:{pushed.id}"]
    with pytest.raises(BhError, match="not the image"):
        pull_snapshot(other.shop, REGISTRY, pushed.id)
    assert Shelf(other.project.history).ids() == ()


CUTS: dict[str, tuple[object, str, int]] = {
    "manifest": (FakeEngine, "pull", 1),
    "first image": (FakeEngine, "pull", 2),
    "named": (FakeEngine, "tag_image", 2),
    "on the shelf": (Shelf, "put", 1),
    "journal": (Journal, "run_opened", 1),
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_pull_that_was_cut_is_gone_on_with(
    pushed: Snapshot, other: Stage, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    crash_at(monkeypatch, *CUTS[cut])
    with pytest.raises(Crash):
        pull_snapshot(other.shop, REGISTRY, pushed.id)
    pull_snapshot(other.shop, REGISTRY, pushed.id)
    assert {image.id for image in other.engine.images()} == set(pushed.images.values())
    assert all(len(image.references) == 1 for image in other.engine.images())
    assert Shelf(other.project.history).ids() == (pushed.id,)
    assert rebuilt(other) == from_step("results")
