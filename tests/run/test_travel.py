"""A snapshot is pushed from one project and pulled into another."""

import os
from pathlib import Path

import pytest

from bh_container.engine.protocol import EngineError
from bh_container.errors import BhError
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import Snapshot
from bh_container.run.journal import Journal
from bh_container.run.parcels import decode_parcels
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
    "packages": (FakeEngine, "pull", 4),
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


def add_package(stage: Stage, name: str, content: str) -> Path:
    """A package in the target's store."""
    file = stage.project.binpkgs(BOX) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


def packages(stage: Stage) -> dict[str, tuple[str, int]]:
    """What is in the target's store: content and time of each file."""
    store = stage.project.binpkgs(BOX)
    files = [path for path in store.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(store)): (path.read_text(), int(path.stat().st_mtime))
        for path in files
    }


def parcels(stage: Stage) -> list[str]:
    """The parcels of the target in the registry."""
    return [name for name in stage.engine.registry if name.startswith(f"{REGISTRY}/{BOX}.binpkgs:")]


def test_binary_packages_travel_once(stage: Stage, snapshot: Snapshot, other: Stage) -> None:
    other.engine.registry = stage.engine.registry
    os.utime(add_package(stage, "a-b/c/c-1-1.gpkg.tar", "c"), (1e9, 1e9))
    add_package(stage, "a-b/c/.c-1-2.gpkg.tar.partial", "half")
    push_snapshot(stage.shop, REGISTRY, "newest")
    push_snapshot(stage.shop, REGISTRY, "newest")
    assert len(parcels(stage)) == 1
    mine = add_package(other, "a-b/d/d-1-1.gpkg.tar", "mine")
    pull_snapshot(other.shop, REGISTRY, "newest")
    found = packages(other)
    assert found.pop("a-b/c/c-1-1.gpkg.tar") == ("c", 10**9)
    assert [name for name in found if name.startswith(("Packages", "a-b/c"))] == []
    add_package(stage, "a-b/d/d-1-1.gpkg.tar", "of the first machine")
    push_snapshot(stage.shop, REGISTRY, "newest")
    assert len(parcels(stage)) == 2
    pulls = len(other.calls("pull"))
    pull_snapshot(other.shop, REGISTRY, "newest")
    assert mine.read_text() == "mine"
    assert len(other.calls("pull")) == pulls + 1, "nothing but the manifest"
    assert {image.id for image in other.engine.images()} == set(snapshot.images.values())
    assert other.engine.containers() == ()


def test_the_other_machine_sends_back_only_what_is_its_own(
    stage: Stage, snapshot: Snapshot, other: Stage
) -> None:
    other.engine.registry = stage.engine.registry
    add_package(stage, "a-b/c/c-1-1.gpkg.tar", "c")
    push_snapshot(stage.shop, REGISTRY, "newest")
    pull_snapshot(other.shop, REGISTRY, "newest")
    push_snapshot(other.shop, REGISTRY, "newest")
    assert len(parcels(stage)) == 1
    add_package(other, "a-b/d/d-1-1.gpkg.tar", "d")
    push_snapshot(other.shop, REGISTRY, "newest")
    pull_snapshot(stage.shop, REGISTRY, "newest")
    assert packages(stage)["a-b/d/d-1-1.gpkg.tar"][0] == "d"


def test_many_parcels_become_one(
    stage: Stage, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bh_container.run.parcels.MOST", 2)
    for number in range(3):
        add_package(stage, f"a-b/c/c-{number}-1.gpkg.tar", "c")
        push_snapshot(stage.shop, REGISTRY, "newest")
    (_, _, files) = stage.engine.registry[parcels(stage)[-1]]
    assert len(list(files.rglob("c-*.gpkg.tar"))) == 3


def test_packages_may_stay_where_they_are(stage: Stage, snapshot: Snapshot, other: Stage) -> None:
    other.engine.registry = stage.engine.registry
    add_package(stage, "a-b/c/c-1-1.gpkg.tar", "c")
    push_snapshot(stage.shop, REGISTRY, "newest", packages=False)
    assert parcels(stage) == []
    push_snapshot(stage.shop, REGISTRY, "newest")
    pull_snapshot(other.shop, REGISTRY, "newest", packages=False)
    assert packages(other) == {}


def test_a_parcel_that_is_another_is_refused(
    stage: Stage, snapshot: Snapshot, other: Stage
) -> None:
    other.engine.registry = stage.engine.registry
    add_package(stage, "a-b/c/c-1-1.gpkg.tar", "c")
    push_snapshot(stage.shop, REGISTRY, "newest")
    (parcel,) = parcels(stage)
    other.engine.registry[parcel] = other.engine.registry[f"{REGISTRY}/host:{snapshot.id}"]
    with pytest.raises(BhError, match="list of packages"):
        pull_snapshot(other.shop, REGISTRY, "newest")
    assert packages(other) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 1}', '{"format": 1, "parcels": {"a": [{"image": "x"}]}}']
)
def test_a_list_that_is_none(text: str) -> None:
    with pytest.raises(BhError, match="no list of binary packages"):
        decode_parcels(text)


def test_a_list_of_another_version() -> None:
    with pytest.raises(BhError, match="format 2 is not 1"):
        decode_parcels('{"format": 2}')
