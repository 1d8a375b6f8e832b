"""Builds that start from a snapshot, or from nothing."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.history.shelf import Shelf, SnapshotUnknown
from bh_container.history.snapshot import Snapshot
from bh_container.run.build import build
from bh_container.run.recover import give_up
from bh_container.run.step import StepFailed
from tests.run.stage import BOX, BOX_TREE, Stage
from tests.run.test_build import SECOND, project, wanted
from tests.run.test_snapshot import change
from tests.run.test_target import from_step

__all__ = ["project"]


def build_from(stage: Stage, project: Path, word: str) -> list[Path]:
    stage.crew.revive()
    stage.settings = replace(stage.settings, build_hist=word)
    try:
        return build(stage.shop, wanted(project, BOX))
    finally:
        stage.settings = replace(stage.settings, build_hist="last")


def fail_from(stage: Stage, project: Path, word: str, step: str) -> None:
    stage.crew.revive()
    stage.crew.fail_at(step)
    stage.settings = replace(stage.settings, build_hist=word)
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(project, BOX))


@pytest.fixture
def two(stage: Stage, project: Path) -> tuple[Snapshot, Snapshot]:
    """Two snapshots; the configuration is that of the second."""
    build(stage.shop, wanted(project, BOX))
    change(project, BOX)
    build(stage.shop, wanted(project, BOX))
    first, second = Shelf(stage.project.history).all()
    return first, second


def test_the_old_configuration_on_the_old_snapshot_has_nothing_to_do(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    (project / BOX / "linux.config").write_text(BOX_TREE["linux.config"] or "")
    (result,) = build_from(stage, project, two[0].id)
    assert stage.crew.ran == []
    assert result.name == two[0].parts[BOX].result
    state = stage.shop.journal(BOX).read()
    assert (state.image, state.open) == (two[0].parts[BOX].image, None)
    assert len(Shelf(stage.project.history).ids()) == 2


@pytest.mark.parametrize("word", ["{0}", "/srv/history/{0}/"])
def test_the_new_configuration_on_the_old_snapshot_runs_what_changed(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot], word: str
) -> None:
    build_from(stage, project, word.format(two[0].id))
    assert stage.crew.ran == [name.replace(":", "-") for name in from_step("kernel")]
    state = stage.shop.journal(BOX).read()
    assert state.last is not None
    assert state.last.base == two[0].parts[BOX].image
    newest = Shelf(stage.project.history).newest()
    assert newest is not None
    assert newest.parent == two[0].id


def test_a_failed_run_is_gone_on_with_and_not_begun_again(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    fail_from(stage, project, two[0].id, "world")
    build_from(stage, project, two[0].id)
    assert stage.crew.ran == [name.replace(":", "-") for name in from_step("world")]


def test_what_is_given_up_leaves_the_last_run_the_last(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    fail_from(stage, project, two[0].id, "world")
    give_up(stage.shop, stage.target())
    build_from(stage, project, "last")
    assert stage.crew.ran == []
    assert stage.shop.journal(BOX).read().image == two[1].parts[BOX].image


def test_an_open_run_from_elsewhere_is_in_the_way(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    change(project, BOX, 2)
    stage.crew.fail_at("world")
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(project, BOX))
    with pytest.raises(BhError, match="abort box"):
        build_from(stage, project, two[0].id)


def test_from_none_runs_everything_again(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    build_from(stage, project, "none")
    assert "toolchain" in stage.crew.ran
    assert "skeleton" in stage.crew.ran
    stage.crew.revive()
    build_from(stage, project, "last")
    assert stage.crew.ran == []


@pytest.mark.parametrize("step", ["toolchain", "libc"])
def test_from_none_goes_on_where_it_failed(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot], step: str
) -> None:
    fail_from(stage, project, "none", step)
    assert stage.crew.ran[-1] == step
    build_from(stage, project, "none")
    assert stage.crew.ran[:2] == ["configuration", step]


def test_a_build_directory_that_is_gone_is_laid_out_again(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    shutil.rmtree(stage.project.builds)
    build_from(stage, project, two[1].id)
    assert stage.crew.ran == from_step("results")


def test_what_a_snapshot_does_not_hold(
    stage: Stage, project: Path, two: tuple[Snapshot, Snapshot]
) -> None:
    stage.settings = replace(stage.settings, build_hist=two[0].id)
    with pytest.raises(BhError, match="does not hold it"):
        build(stage.shop, wanted(project, SECOND))
    for reference in stage.engine.image(two[0].parts[BOX].image).references:  # type: ignore[union-attr]
        stage.engine.remove_image(reference)
    with pytest.raises(BhError, match="history import"):
        build(stage.shop, wanted(project, BOX))
    with pytest.raises(SnapshotUnknown):
        build_from(stage, project, "1999")
