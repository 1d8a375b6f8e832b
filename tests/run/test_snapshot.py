"""The snapshots that builds leave."""

from pathlib import Path

import pytest

from bh_container.events import Note
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST
from bh_container.run.build import TargetsFailed, build
from bh_container.run.step import StepFailed
from bh_container.seed.seed import SEED_LABEL
from tests.config.tree import LINUX_CONFIG
from tests.fakes import Execution
from tests.run.stage import BOX, Stage, write_output
from tests.run.test_build import SECOND, project, wanted

__all__ = ["project"]


@pytest.fixture
def shelf(stage: Stage) -> Shelf:
    return Shelf(stage.project.history)


def change(project: Path, target: str, number: int = 1) -> None:
    (project / target / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW={number}\n")


def test_a_build_leaves_a_snapshot(stage: Stage, project: Path, shelf: Shelf) -> None:
    build(stage.shop, wanted(project, BOX, SECOND))
    (snapshot,) = shelf.all()
    assert snapshot.targets == (BOX, SECOND)
    assert (snapshot.parent, snapshot.lock) == (None, stage.project.lock.read_text())
    assert snapshot.project == stage.shop.identity
    state = stage.shop.journal(BOX).read()
    part = snapshot.parts[BOX]
    assert state.last is not None
    assert (part.image, part.result) == (state.image, state.result)
    assert (part.run, part.steps) == (state.last.id, state.last.done)
    assert snapshot.size == snapshot.own > 0
    host = stage.engine.image(snapshot.parts[HOST].image)
    assert host is not None
    assert snapshot.parts[HOST].seed == host.labels[SEED_LABEL]
    assert snapshot.parts[HOST].steps["world"].fingerprint != {}
    note = stage.events[-1]
    assert isinstance(note, Note)
    assert snapshot.id in note.text


def test_its_names_take_the_place_of_the_runs(stage: Stage, project: Path, shelf: Shelf) -> None:
    build(stage.shop, wanted(project, BOX))
    (snapshot,) = shelf.all()
    image = stage.engine.image(snapshot.parts[BOX].image)
    assert image is not None
    (reference,) = image.references
    assert reference.endswith(f"/history/{stage.shop.identity}/{BOX}:{snapshot.id}")


def test_nothing_new_leaves_no_snapshot(stage: Stage, project: Path, shelf: Shelf) -> None:
    for _ in range(2):
        build(stage.shop, wanted(project, BOX))
    assert len(shelf.ids()) == 1


def test_a_changed_target_adds_what_it_changed(stage: Stage, project: Path, shelf: Shelf) -> None:
    build(stage.shop, wanted(project, BOX, SECOND))
    change(project, BOX)
    build(stage.shop, wanted(project, BOX))
    first, second = shelf.all()
    assert second.parent == first.id
    assert second.parts[SECOND].image == first.parts[SECOND].image
    assert 0 < second.own == second.parts[BOX].own < first.parts[BOX].own


def test_a_target_that_failed_leaves_the_others_snapshot(
    stage: Stage, project: Path, shelf: Shelf
) -> None:
    build(stage.shop, wanted(project, BOX, SECOND))
    (first,) = shelf.all()
    change(project, BOX)
    change(project, SECOND)

    def fails_in_second(execution: Execution) -> int:
        return write_output(b"", status=int("second" in execution.container))(execution)

    stage.crew.instead["kernel"] = fails_in_second
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(project, BOX, SECOND))
    _, second = shelf.all()
    assert second.parts[BOX].image != first.parts[BOX].image
    assert second.parts[SECOND].image == first.parts[SECOND].image


def test_where_all_failed_there_is_none(stage: Stage, project: Path, shelf: Shelf) -> None:
    stage.crew.fail_at("kernel")
    with pytest.raises(TargetsFailed):
        build(stage.shop, wanted(project, BOX, SECOND))
    assert shelf.ids() == ()


def test_a_snapshot_that_was_not_taken_is_taken_by_the_next_build(
    stage: Stage, project: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "put", crash)
        with pytest.raises(KeyboardInterrupt):
            build(stage.shop, wanted(project, BOX))
    assert shelf.ids() == ()
    stage.crew.revive()
    build(stage.shop, wanted(project, BOX))
    assert stage.crew.ran == []
    assert len(shelf.ids()) == 1
