"""How a unit stands, from what its journal, its lock and its status files say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bh_container.config.project import Project, TargetUnknown
from bh_container.output.manifest import MANIFEST
from bh_container.plan.step import Done
from bh_container.run.journal import Begun, Broke, Journal, Run, State
from bh_container.run.lock import exclusive
from bh_container.run.status import HOST, Facts, Standing, find_unit, judge, look, units_of
from bh_container.run.target import RECOVERY
from tests.config.tree import write_tree
from tests.run.stage import BOX, Stage, write_output

LOGS = Path("/logs")
WORLD = Begun(step="final:net", key="k", record="08-final-net")
LOG = LOGS / "2/08-final-net.log"
LAST = Run(id="1", base="b", at=100.0)
OPEN = Run(id="2", base="b", at=200.0)
BEGUN = replace(OPEN, begun=WORLD)
RESULT = Path("/builds/box.1")
NOW = 260.0


def broken(status: int | None, record: str | None = "08-final-net") -> Run:
    return replace(OPEN, broke=Broke(step="final:net", status=status, record=record))


def box(state: State = State(), **more: Any) -> Facts:  # noqa: B008 -- it is frozen
    return Facts(unit=BOX, word="box", state=state, logs=LOGS, **more)


CASES: Mapping[str, tuple[Facts, Mapping[str, object]]] = {
    "nothing was done": (
        box(),
        {"standing": Standing.NEVER, "next": "bh-container build box"},
    ),
    "the only run was dropped": (
        box(State(last=None, open=None)),
        {"standing": Standing.NEVER, "since": None, "seconds": None},
    ),
    "complete": (
        box(State(last=LAST, result="box.1", image="i"), result=RESULT),
        {
            "standing": Standing.COMPLETE,
            "since": 100.0,
            "seconds": 160.0,
            "result": RESULT,
            "next": "bh-container boot box",
            "others": (),
        },
    ),
    "complete, and its result was removed": (
        box(State(last=LAST, result="box.1", image="i")),
        {"standing": Standing.COMPLETE, "result": None, "next": "bh-container build box"},
    ),
    "a step runs": (
        box(State(open=BEGUN), holder=7, held=150.0),
        {
            "standing": Standing.RUNNING,
            "step": "final:net",
            "since": 200.0,
            "seconds": 60.0,
            "pid": 7,
            "log": LOG,
            "next": "bh-container logs --follow box",
        },
    ),
    "no step runs yet": (
        box(State(last=LAST, result="box.1", image="i"), holder=7, held=250.0),
        {"standing": Standing.RUNNING, "step": None, "since": 250.0, "pid": 7, "log": None},
    ),
    "a failed run is taken up": (
        box(State(open=broken(1)), holder=7, held=250.0),
        {"standing": Standing.RUNNING, "step": None, "since": 250.0, "status": None},
    ),
    "a step failed": (
        box(State(last=LAST, open=broken(2))),
        {
            "standing": Standing.FAILED,
            "step": "final:net",
            "status": 2,
            "log": LOG,
            "since": 200.0,
            "next": "bh-container build box",
            "others": RECOVERY,
        },
    ),
    "a step was stopped": (
        box(State(open=broken(None))),
        {
            "standing": Standing.INTERRUPTED,
            "step": "final:net",
            "status": None,
            "log": LOG,
            "next": "bh-container build box",
            "others": RECOVERY,
        },
    ),
    "a step was stopped before it had begun": (
        box(State(open=broken(None, record=None))),
        {"standing": Standing.INTERRUPTED, "step": "final:net", "log": None},
    ),
    "killed while a step ran": (
        box(State(open=BEGUN)),
        {"standing": Standing.INTERRUPTED, "step": "final:net", "status": None, "log": LOG},
    ),
    "killed, and the step failed by itself": (
        box(State(open=BEGUN), ended=4),
        {"standing": Standing.FAILED, "step": "final:net", "status": 4, "log": LOG},
    ),
    "killed, and the step came to a good end": (
        box(State(open=BEGUN), ended=0),
        {"standing": Standing.INTERRUPTED, "step": "final:net", "status": None, "log": LOG},
    ),
    "killed between two steps": (
        box(State(last=LAST, open=OPEN)),
        {"standing": Standing.INTERRUPTED, "step": None, "since": 200.0, "log": None},
    ),
    "a clock that was set back": (
        box(State(last=replace(LAST, at=NOW + 50))),
        {"since": NOW + 50, "seconds": 0.0},
    ),
    "the host, never built": (
        replace(box(), unit=HOST, word=HOST),
        {"standing": Standing.NEVER, "next": None},
    ),
    "the host, complete": (
        replace(box(State(last=LAST, result="1", image="i")), unit=HOST, word=HOST),
        {"standing": Standing.COMPLETE, "since": 100.0, "result": None, "next": None},
    ),
    "the host, failed": (
        replace(box(State(open=broken(1))), unit=HOST, word=HOST),
        {"standing": Standing.FAILED, "next": "bh-container build TARGET", "others": ()},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_the_facts_come_to(case: str) -> None:
    facts, expected = CASES[case]
    status = judge(facts, NOW)
    assert {name: getattr(status, name) for name in expected} == expected
    assert (status.unit, status.word) == (facts.unit, facts.word)


Prepare = Callable[[Project, Journal], None]


def begin(project: Project, journal: Journal) -> None:
    journal.run_opened(Run(id="2", base="b"))
    journal.step_begun(WORLD)


def begin_and_end(project: Project, journal: Journal) -> None:
    begin(project, journal)
    (project.logs(BOX) / "2").mkdir(parents=True)
    (project.logs(BOX) / "2/08-final-net.status").write_text("4\n")


def complete(project: Project, journal: Journal) -> None:
    begin(project, journal)
    journal.step_done(WORLD.step, Done(key="k", fingerprint={}, seconds=1))
    journal.run_completed("box.1", "i")


def complete_with_result(project: Project, journal: Journal) -> None:
    complete(project, journal)
    (project.builds / "box.1").mkdir(parents=True)
    (project.builds / "box.1" / MANIFEST).write_text('{"complete": true}')


@pytest.mark.parametrize(
    ("prepare", "ended", "result"),
    [
        (lambda project, journal: None, None, None),
        (begin, None, None),
        (begin_and_end, 4, None),
        (complete, None, None),
        (complete_with_result, None, "box.1"),
    ],
)
def test_what_the_disk_says(
    tmp_path: Path, prepare: Prepare, ended: int | None, result: str | None
) -> None:
    project = Project(tmp_path)
    journal = Journal(project.journal_file(BOX))
    prepare(project, journal)
    facts = look(project, BOX, "box")
    assert facts.state == journal.read()
    assert (facts.holder, facts.held, facts.ended) == (None, None, ended)
    assert facts.result == (project.builds / result if result else None)
    with exclusive(BOX, project.lock_file(BOX)):
        held = look(project, BOX, "box")
        assert held.held == project.lock_file(BOX).stat().st_mtime
    assert held.holder is not None


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    look(Project(tmp_path), BOX, "box")
    assert list(tmp_path.iterdir()) == []


def test_lock_and_journal_are_of_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A builder that ends between the two looks is seen before or after, never in between."""
    project = Project(tmp_path)
    begin(project, Journal(project.journal_file(BOX)))
    answers = iter([None, 7, 7, 7])
    project.lock_file(BOX).touch()
    monkeypatch.setattr("bh_container.run.status.holder", lambda lock: next(answers))
    assert look(project, BOX, "box").holder == 7


def test_where_a_build_says_it(stage: Stage) -> None:
    """The files that a real run writes are the ones that are read here."""
    stage.crew.instead["kernel"] = write_output(b"error\n", status=2)
    with pytest.raises(Exception, match="failed with status 2"):
        stage.build(stage.image("host"))
    failed = judge(look(stage.project, BOX, "box"), NOW)
    assert (failed.standing, failed.step, failed.status) == (Standing.FAILED, "kernel", 2)
    assert failed.log is not None
    assert failed.log.name.endswith("-kernel.log")
    assert failed.log.parent.is_dir()
    stage.crew.revive()
    result = stage.build(stage.image("host"))
    whole = judge(look(stage.project, BOX, "box"), NOW)
    assert (whole.standing, whole.result) == (Standing.COMPLETE, result)


def test_units_and_the_words_for_them(tmp_path: Path) -> None:
    names = ("a-b.one", "a-b.two", "c-d.two", "a-b.host")
    write_tree(tmp_path / "configs", {f"{name}/x": "" for name in (*names, "host")})
    project = Project(tmp_path)
    assert units_of(project) == {
        "host": "host",
        "a-b.host": "a-b.host",
        "a-b.one": "one",
        "a-b.two": "a-b.two",
        "c-d.two": "c-d.two",
    }
    for unit, word in units_of(project).items():
        assert find_unit(project, word) == unit
    with pytest.raises(TargetUnknown, match="more than one"):
        find_unit(project, "two")
