"""A project directory that was copied, in the same store as the original."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.project import Project
from bh_container.engine.protocol import Image
from bh_container.history.identity import former_ids, is_copied, project_id
from bh_container.history.keep import Rules
from bh_container.history.shelf import REMOVING, Shelf
from bh_container.run.binpkgs import BinpkgVolume
from bh_container.run.build import build
from bh_container.run.clean import cleaning, remove
from bh_container.run.disk import DiskFull
from bh_container.run.settle import settle
from bh_container.run.snapshot import remove_snapshots
from bh_container.run.step import StepFailed
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Stage, write_output
from tests.run.test_build import project, wanted
from tests.run.test_export import Crash, crash_at
from tests.run.test_snapshot import change

__all__ = ["project"]


def copied(stage: Stage) -> Stage:
    """The project once more, beside the original."""
    root = stage.project.root.with_name("copy")
    shutil.copytree(stage.project.root, root, symlinks=True)
    return replace(stage, project=Project(root), events=[])


def built(stage: Stage) -> list[str]:
    """The steps that a build runs."""
    stage.crew.revive()
    build(stage.shop, wanted(stage.project.configs, BOX))
    return stage.crew.ran


def fail(stage: Stage, number: int) -> str:
    """Leave a run open; return its id."""
    change(stage.project.configs, BOX, number)
    stage.crew.revive()
    stage.crew.instead["modules"] = write_output(b"no\n", status=1)
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(stage.project.configs, BOX))
    stage.crew.instead.clear()
    opened = stage.shop.journal(BOX).read().open
    assert opened is not None
    return opened.id


def sweep(stage: Stage, rules: Rules) -> None:
    with cleaning(stage.shop, rules, 4e9) as found:
        for removal in found.removals:
            remove(stage.shop, removal)


def image_of(stage: Stage) -> Image | None:
    """What the target's next build goes on from."""
    image = stage.shop.journal(BOX).read().image
    assert image is not None
    return stage.engine.image(image)


def test_a_project_that_is_moved_stays_what_it_is(stage: Stage, project: Path) -> None:
    built(stage)
    identity, images = stage.shop.identity, stage.engine.images()
    there = stage.project.root.with_name("there")
    stage.project.root.rename(there)
    stage.project = Project(there)
    events = len(stage.events)
    settle(stage.shop)
    assert (stage.shop.identity, stage.engine.images()) == (identity, images)
    assert stage.events[events:] == []


@pytest.mark.parametrize("first", ["original", "copy"])
def test_neither_takes_an_image_from_the_other(stage: Stage, project: Path, first: str) -> None:
    built(stage)
    copy = copied(stage)
    settle(copy.shop)
    assert copy.shop.identity != stage.shop.identity
    assert former_ids(copy.project.identity_file) == (stage.shop.identity,)
    one, other = (stage, copy) if first == "original" else (copy, stage)
    remove_snapshots(one.shop, ["newest"], force=True)
    shutil.rmtree(one.project.journal)
    sweep(one, Rules(last=1))
    assert image_of(other)
    assert built(other) == []
    remove_snapshots(other.shop, ["newest"], force=True)
    assert image_of(other) is None


def test_it_is_told_once(stage: Stage, project: Path) -> None:
    built(stage)
    copy = copied(stage)
    settle(copy.shop)
    identity, images = copy.shop.identity, copy.engine.images()
    (note,) = copy.events
    assert f"a copy of project {stage.shop.identity}: it is {identity} now" in str(note)
    assert "bh-container gc --former" in str(note)
    settle(copy.shop)
    assert (copy.shop.identity, copy.engine.images(), len(copy.events)) == (identity, images, 1)
    assert not is_copied(copy.project.identity_file)
    assert [path.name for path in copy.project.volumes.glob(".*")] == []


def test_an_open_run_stays_with_the_original(stage: Stage, project: Path) -> None:
    built(stage)
    run = fail(stage, 1)
    containers = stage.engine.containers()
    package = stage.project.overlay_upper(BOX) / "app-misc/hello-1.gpkg.tar"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_text("package")
    copy = copied(stage)
    settle(copy.shop)
    assert "open run stays" in str(copy.events[-1])
    assert (copy.project.binpkgs(BOX) / "app-misc/hello-1.gpkg.tar").read_text() == "package"
    assert list(copy.project.builds.glob(".partial.*")) == []
    assert built(copy)
    assert stage.engine.containers() == containers
    state = stage.shop.journal(BOX).read()
    assert state.open is not None
    assert state.open.id == run
    assert "world" not in built(stage)


def test_a_run_that_no_snapshot_has(stage: Stage, project: Path) -> None:
    built(stage)
    shutil.rmtree(stage.project.history)
    copy = copied(stage)
    settle(copy.shop)
    image = image_of(copy)
    assert image is not None
    assert any(f"/sysroot/{copy.shop.identity}/{BOX}:" in name for name in image.references)


def test_names_that_the_original_was_taking_away(stage: Stage, project: Path) -> None:
    built(stage)
    copy = copied(stage)
    (snapshot,) = Shelf(copy.project.history).all()
    directory = copy.project.history / snapshot.id
    directory.rename(directory.with_name(f"{REMOVING}{snapshot.id}"))
    settle(copy.shop)
    assert list(copy.project.history.iterdir()) == []
    assert built(stage) == []


def test_what_was_moved_to_another_filesystem_leaves_nothing(stage: Stage, project: Path) -> None:
    built(stage)
    fail(stage, 1)
    moved = copied(stage)
    for name in ("builds", "history", "volumes"):
        shutil.rmtree(stage.project.root / name)
    settle(moved.shop)
    before = moved.engine.images()
    sweep(moved, Rules())
    assert moved.engine.images() == before
    sweep(moved, Rules(former=True))
    assert moved.engine.containers() == ()
    image = image_of(moved)
    assert image is not None
    assert all(f"/{moved.shop.identity}/" in name for name in image.references)
    assert "toolchain" not in built(moved)


@pytest.mark.parametrize("kind", ["legacy", "none"])
def test_what_has_no_number_is_the_original(stage: Stage, kind: str) -> None:
    file = stage.project.identity_file
    if kind == "legacy":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("0123456789ab\n")
    settle(stage.shop)
    assert stage.events == []
    assert file.exists() is (kind == "legacy")
    if kind == "legacy":
        copy = copied(stage)
        assert copy.shop.identity == stage.shop.identity == "0123456789ab"
        assert (is_copied(file), is_copied(copy.project.identity_file)) == (False, True)


CUTS: dict[str, tuple[object, str, int]] = {
    "run dropped": (BinpkgVolume, "publish", 1),
    "first image": (FakeEngine, "tag_image", 1),
    "second image": (FakeEngine, "tag_image", 2),
    "manifest": (Shelf, "rewrite", 1),
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_copy_that_was_cut_while_it_settled(
    stage: Stage, project: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    built(stage)
    fail(stage, 1)
    copy = copied(stage)
    crash_at(monkeypatch, *CUTS[cut])
    with pytest.raises(Crash):
        settle(copy.shop)
    settle(copy.shop)
    image = image_of(copy)
    assert image is not None
    owners = {name.split("/")[3] for name in image.references}
    assert owners == {stage.shop.identity, project_id(copy.project.identity_file)}
    assert built(copy)


def test_a_copy_on_a_full_disk(
    stage: Stage, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as such, and the next call makes the copy a project of its own."""
    built(stage)
    copy = copied(stage)

    def full(file: Path, *_: object) -> None:
        file.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)

    with monkeypatch.context() as patch, pytest.raises(DiskFull, match="make room"):
        patch.setattr("bh_container.run.settle.write_id", full)
        settle(copy.shop)
    assert copy.shop.identity == stage.shop.identity
    settle(copy.shop)
    assert copy.shop.identity != stage.shop.identity
