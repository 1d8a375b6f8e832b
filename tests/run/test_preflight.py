"""What is told before a first build."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bh_container.config.settings import TmpType
from bh_container.events import Note
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import Part, Snapshot
from bh_container.plan.step import Done
from bh_container.run.doctor.look import Meeting, Question, look
from bh_container.run.journal import Run
from bh_container.run.preflight import MachineUnfit, warn
from tests.fakes import FakeEngine
from tests.run.stage import Stage

GIB = 1 << 30
Free = Callable[[int], None]


def remember(stage: Stage, *sizes: int) -> None:
    """A snapshot of targets of these sizes, and a host that is far larger."""
    parts = {f"a-b-c-d.t{n}": Part(image="i", steps={}, size=size) for n, size in enumerate(sizes)}
    shelf = Shelf(stage.project.history)
    host = Part(image="h", steps={}, size=1 << 60)
    shelf.put(Snapshot(id=shelf.new_id(), project="p", parent=None, parts={"host": host, **parts}))


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Free:
    """Have so many bytes left on every disk, which counts no files."""

    def leave(size: int) -> None:
        disk = SimpleNamespace(f_bavail=size, f_frsize=1, f_files=0, f_favail=0)
        monkeypatch.setattr(os, "statvfs", lambda _: disk)

    leave(10 * GIB)
    return leave


def told(stage: Stage) -> list[str]:
    """What a first build of the target is warned of."""
    stage.events.clear()
    warn(stage.shop, [stage.target()])
    assert all(isinstance(event, Note) for event in stage.events)
    return [event.text for event in stage.events if isinstance(event, Note)]


@pytest.mark.usefixtures("free")
def test_too_little_room_for_targets_like_those_before(stage: Stage) -> None:
    assert told(stage) == []
    stage.image("seed")
    remember(stage, 10 * GIB, 1 * GIB)
    assert told(stage) == []
    remember(stage, 12 * GIB)
    store, project = told(stage)
    root = stage.engine.about().root
    assert store.startswith(f"{root}: 10.0 GiB are free, and targets that were")
    assert project.startswith(f"{stage.project.root}: ")
    assert "take 12.0 GiB: make room (bh-container du, bh-container gc)" in project


def test_a_disk_without_room_stops_a_build(stage: Stage, free: Free) -> None:
    free(1000)
    with pytest.raises(MachineUnfit, match=r"the project\): 0\.0 GiB are free") as raised:
        told(stage)
    assert raised.value.exit_status == 2
    assert stage.events == []


def test_a_podman_that_cannot_build_stops_a_build(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = replace(stage.engine.about(), driver="vfs")
    monkeypatch.setattr(FakeEngine, "about", lambda _: about)
    with pytest.raises(MachineUnfit, match="storage driver is vfs"):
        told(stage)


def test_more_memory_than_there_is(stage: Stage) -> None:
    stage.settings = replace(stage.settings, tmp_type=TmpType.TMPFS, tmp_size="1m")
    assert told(stage) == []
    stage.settings = replace(stage.settings, tmp_size="999999g")
    (text,) = told(stage)
    assert text.startswith("tmp_size (TMP_SIZE) is 999999.0 GiB, and ")
    assert text.endswith(" of memory and swap are free: make it smaller, or build on the disk")


def remember_memory(stage: Stage, took: Mapping[str, Sequence[int | None]]) -> None:
    """A snapshot of targets whose steps had so much memory."""
    done = Done(key="k", fingerprint={}, seconds=1)
    parts = {
        unit: Part(image="i", steps={str(n): replace(done, memory=m) for n, m in enumerate(each)})
        for unit, each in {"host": (1 << 60,), **took}.items()
    }
    shelf = Shelf(stage.project.history)
    shelf.put(Snapshot(id=shelf.new_id(), project="p", parent=None, parts=parts))


@pytest.mark.parametrize(
    ("took", "jobs", "needed"),
    [
        ({}, 2, 1 + 1),
        ({"old": [None, 3], "other": [5, 1]}, 2, 5 + 3),
        ({"old": [None, 3], "other": [5, 1]}, 1, 5),
        ({"old": [9, 3], "other": [None, 5]}, 2, 9 + 9),
        ({"old": [], "other": [None]}, 2, 1 + 1),
    ],
    ids=["nothing else", "the largest", "one job", "its own", "not measured"],
)
def test_memory_that_targets_like_those_before_took(
    stage: Stage, took: Mapping[str, Sequence[int | None]], jobs: int, needed: int
) -> None:
    """A new target and one that was built before, side by side."""
    remember_memory(stage, {"old": [1]})
    remember_memory(stage, took)
    settings = replace(stage.settings, jobs=jobs)
    question = Question(settings=settings, project=stage.project, together=("old", "new"))
    assert look(question, Meeting(), {}).memory.needed == needed


def test_too_little_memory_for_targets_like_those_before(stage: Stage) -> None:
    remember_memory(stage, {"a-b-c-d.other": [1]})
    assert told(stage) == []
    remember_memory(stage, {"a-b-c-d.other": [1 << 60]})
    (text,) = told(stage)
    assert " of memory and swap are free, and targets that were built here would take " in text


def test_only_a_first_build_is_warned_of(stage: Stage) -> None:
    gone = "http://127.0.0.1:1"
    stage.settings = replace(stage.settings, gentoo_mirrors=(gone,))
    (text,) = told(stage)
    assert text.startswith(f"{gone} does not answer (ConnectionError): correct gentoo_mirrors")
    remember_memory(stage, {"a-b-c-d.other": (1 << 60,)})
    journal = stage.shop.journal(stage.target().full_name)
    journal.run_opened(Run(id="1", base="b"))
    journal.run_completed("result", "image")
    assert told(stage) == []


def test_places_that_are_elsewhere_are_not_asked(stage: Stage, tmp_path: Path) -> None:
    remember(stage, 1 << 62)
    stage.engine.directory = tmp_path / "another machine's"
    (only,) = told(stage)
    assert only.startswith(f"{stage.project.root}: ")
