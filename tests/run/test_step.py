"""One step from its start to its end, however that comes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bh_container.engine.protocol import Bind, ContainerSpec, EngineError, EngineLost
from bh_container.events import StepFinished, StepStarted
from bh_container.plan import places
from bh_container.plan.step import Recipe, Step, chain
from bh_container.run.interrupt import Interrupted
from bh_container.run.journal import Begun, Journal, Run
from bh_container.run.record import PAGE
from bh_container.run.step import Bench, StepFailed, run_step
from tests.fakes import Execution
from tests.run.stage import PAGES, Behaviour, Stage, leave_status, write_output

UNIT, RUN = "box", "1"
SCRIPTS = {"a.sh": "a", "b.sh": "b"}
RECIPES = (
    Recipe(name="one:x", script="a.sh", environment={"X": "1"}, tuning={"JOBS": "2"}),
    Recipe(name="two", script="b.sh"),
)
ONE, TWO = chain(RECIPES, after="seed", scripts=SCRIPTS)
RECORD = "01-one-x"
INSIDE = f"{places.LOG}/{RECORD}"
BEGUN = Begun(step="one:x", key=ONE.key, record=RECORD)


@pytest.fixture
def bench(stage: Stage) -> Bench:
    """A running container, and a journal with an open run."""
    shop = stage.shop
    logs = shop.logs(UNIT, RUN)
    logs.mkdir(parents=True)
    stage.engine.create_container(
        ContainerSpec(
            name="box",
            image=stage.image("any"),
            mounts=(Bind(source=logs, destination=places.LOG),),
        )
    )
    stage.engine.start_container("box")
    journal = shop.journal(UNIT)
    journal.run_opened(Run(id=RUN, base="base"))
    return Bench(
        unit=UNIT,
        container="box",
        logs=logs,
        total=2,
        engine=stage.engine,
        journal=journal,
        tell=shop.tell,
        interrupt=shop.interrupt,
        budget=shop.budget,
    )


def run(bench: Bench, step: Step = ONE, number: int = 1) -> None:
    run_step(bench, step, number, last=None)


def begun(journal: Journal) -> Begun | None:
    state = journal.read()
    assert state.open is not None
    return state.open.begun


def test_a_step_that_ends_well(stage: Stage, bench: Bench) -> None:
    stage.crew.instead["one-x"] = write_output(b"hello\n")
    run(bench)
    done = bench.journal.read().done["one:x"]
    assert (done.key, done.fingerprint) == (ONE.key, ONE.fingerprint)
    assert done.memory == PAGES * PAGE
    assert begun(bench.journal) is None
    first, *_, last = stage.events
    assert first == StepStarted(
        unit=UNIT,
        step="one:x",
        number=1,
        total=2,
        why="never ran",
        log=bench.logs / f"{RECORD}.log",
    )
    assert isinstance(last, StepFinished)
    assert stage.lines == ["hello"]
    (execution,) = stage.engine.executions
    assert execution.command == ("bash", "/bh/steps/run.sh", "a.sh", INSIDE)
    assert {"X": "1", "JOBS": "2"}.items() <= execution.environment.items()


def test_the_step_is_in_the_journal_before_it_starts(stage: Stage, bench: Bench) -> None:
    seen: list[Begun | None] = []

    def look(_: Execution) -> int:
        seen.append(begun(bench.journal))
        return 0

    stage.crew.instead["one-x"] = look
    run(bench)
    assert seen == [BEGUN]


def test_a_step_that_fails(stage: Stage, bench: Bench) -> None:
    stage.crew.instead["one-x"] = write_output(b"no such file\n", status=7)
    with pytest.raises(StepFailed, match="box: step 'one:x' failed with status 7") as error:
        run(bench)
    assert error.value.exit_status == 3
    assert str(bench.logs / f"{RECORD}.log") in str(error.value)
    assert stage.broke == [("one:x", 7)]
    assert "one:x" not in bench.journal.read().done
    assert begun(bench.journal) is None
    assert stage.crew.stopped == []


def test_the_status_file_is_the_truth_and_not_the_stream(stage: Stage, bench: Bench) -> None:
    def lie(execution: Execution) -> int:
        stage.crew.ran.append("lie")
        leave_status(execution, 5)
        return 0

    stage.engine.answer = lie
    with pytest.raises(StepFailed, match="status 5"):
        run(bench)


def test_a_step_that_was_killed_has_no_status(stage: Stage, bench: Bench) -> None:
    answers = {"run.sh": 137, "attach.sh": 3}
    stage.engine.answer = lambda execution: answers[execution.command[1].rpartition("/")[2]]
    with pytest.raises(StepFailed, match="was interrupted"):
        run(bench)
    assert stage.broke == [("one:x", None)]


@pytest.mark.parametrize("end", ["stop_container", "remove_container"])
def test_a_step_whose_container_was_killed_was_interrupted(
    stage: Stage, bench: Bench, end: str
) -> None:
    def killed(execution: Execution) -> int:
        getattr(stage.engine, end)(execution.container)
        return 137

    stage.engine.answer = killed
    with pytest.raises(StepFailed, match="was interrupted") as error:
        run(bench)
    assert error.value.exit_status == 3


def test_an_old_status_does_not_count(stage: Stage, bench: Bench) -> None:
    (bench.logs / f"{RECORD}.status").write_text("0\n")
    stage.engine.answer = lambda execution: 3
    with pytest.raises(StepFailed, match="was interrupted"):
        run(bench)


def lost(text: bytes) -> Behaviour:
    def behave(execution: Execution) -> int:
        execution.write(text)
        raise EngineLost("the service has gone")

    return behave


@pytest.mark.parametrize("first", [lost, write_output], ids=["the connection broke", "a clean end"])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("status", [0, 9])
def test_a_stream_that_ends_before_the_step(
    stage: Stage, bench: Bench, first: Callable[[bytes], Behaviour], times: int, status: int
) -> None:
    """The step runs on: it is followed again until its status is there."""
    pieces = [b"a\nb", *[b"c\nd"] * (times - 1)]

    def answer(execution: Execution) -> int:
        script = execution.command[1].rpartition("/")[2]
        stage.crew.ran.append(script)
        if pieces:
            return first(pieces.pop(0))(execution)
        execution.write(b"e\n")
        leave_status(execution, status)
        return 0

    stage.engine.answer = answer
    if status:
        with pytest.raises(StepFailed, match="status 9"):
            run(bench)
    else:
        run(bench)
    assert stage.crew.ran == ["run.sh", *["attach.sh"] * times]
    assert stage.lines == ["a", "b", *["c", "d"] * (times - 1), "e"]
    assert ("one:x" in bench.journal.read().done) == (status == 0)


def test_a_step_that_ended_while_the_connection_was_away(stage: Stage, bench: Bench) -> None:
    def answer(execution: Execution) -> int:
        leave_status(execution, 0)
        raise EngineLost("the service has gone")

    stage.engine.answer = answer
    run(bench)
    assert "one:x" in bench.journal.read().done


def test_a_step_that_was_left_running_is_joined(stage: Stage, bench: Bench) -> None:
    bench.journal.step_begun(BEGUN)

    def attach(execution: Execution) -> int:
        execution.write(b"still at it\n")
        leave_status(execution, 0)
        return 0

    stage.crew.on_attach = attach
    run(bench)
    assert stage.crew.ran == []
    assert stage.crew.attached == [INSIDE]
    assert stage.crew.stopped == []
    assert stage.lines == ["still at it"]
    assert "one:x" in bench.journal.read().done


@pytest.mark.parametrize("status", [0, 4])
def test_a_step_that_ended_while_nobody_looked(stage: Stage, bench: Bench, status: int) -> None:
    bench.journal.step_begun(BEGUN)
    (bench.logs / f"{RECORD}.status").write_text(f"{status}\n")
    if status:
        with pytest.raises(StepFailed, match="status 4"):
            run(bench)
    else:
        run(bench)
    assert stage.crew.ran == []
    assert ("one:x" in bench.journal.read().done) == (status == 0)


def test_a_step_that_was_killed_with_us_starts_again(stage: Stage, bench: Bench) -> None:
    bench.journal.step_begun(BEGUN)
    run(bench)
    assert stage.crew.attached == [INSIDE]
    assert stage.crew.ran == ["one-x"]


@pytest.mark.parametrize(
    "left",
    [
        replace(BEGUN, key="older"),
        replace(BEGUN, step="two", record="02-two"),
        replace(BEGUN, record="02-one-x"),
    ],
    ids=["another key", "another step", "another place"],
)
def test_another_step_that_was_left_running_is_stopped(
    stage: Stage, bench: Bench, left: Begun
) -> None:
    bench.journal.step_begun(left)
    (bench.logs / f"{RECORD}.status").write_text("0\n")
    order: list[str] = []

    def note(what: str) -> Behaviour:
        def behave(_: Execution) -> int:
            order.append(what)
            return 0

        return behave

    stage.crew.on_stop = note("stop")
    stage.crew.instead["one-x"] = note("run")
    run(bench)
    assert stage.crew.stopped == [f"{places.LOG}/{left.record}"]
    assert order == ["stop", "run"]
    assert stage.crew.attached == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, EngineError("no")])
def test_what_ends_us_ends_the_step(
    stage: Stage, bench: Bench, error: BaseException | type[BaseException]
) -> None:
    def interrupt(_: Execution) -> int:
        raise error

    stage.crew.instead["one-x"] = interrupt
    kind = error if isinstance(error, type) else type(error)
    with pytest.raises(kind):
        run(bench)
    assert stage.crew.stopped == [INSIDE]
    assert stage.broke == [("one:x", None)]
    assert begun(bench.journal) is None
    run(bench, TWO, 2)
    assert stage.crew.stopped == [INSIDE]


@pytest.mark.parametrize(("how", "stopped"), [("stop", []), ("kill", [["box"]])])
def test_the_wish_to_stop_ends_the_step_and_only_the_last_one_its_container(
    stage: Stage, bench: Bench, how: str, stopped: list[list[str]]
) -> None:
    def wish(_: Execution) -> int:
        getattr(bench.interrupt, how)()
        return 143

    stage.crew.instead["one-x"] = wish
    with pytest.raises(Interrupted):
        run(bench)
    assert (INSIDE in stage.crew.stopped) == (how == "stop")
    assert stage.calls("stop_container") == stopped
    assert stage.broke == [("one:x", None)]


def test_ctrl_c_while_joined(stage: Stage, bench: Bench) -> None:
    bench.journal.step_begun(BEGUN)

    def interrupt(_: Execution) -> int:
        raise KeyboardInterrupt

    stage.crew.on_attach = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(bench)
    assert stage.crew.stopped == [INSIDE]
    assert begun(bench.journal) is None


def test_ctrl_c_stays_ctrl_c_when_the_step_cannot_be_stopped(stage: Stage, bench: Bench) -> None:
    def interrupt(_: Execution) -> int:
        raise KeyboardInterrupt

    def refuse(_: Execution) -> int:
        raise EngineError("the service has gone")

    stage.crew.instead["one-x"] = interrupt
    stage.crew.on_stop = refuse
    with pytest.raises(KeyboardInterrupt):
        run(bench)
    assert begun(bench.journal) == BEGUN, "it may run still: the next run has to look"


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"a\nb\n"], ["a", "b"]),
        ([b"a", b"b", b"\n"], ["ab"]),
        ([b"a\nb"], ["a", "b"]),
        ([b"\n\n"], ["", ""]),
        ([b""], []),
        ([b"10 %\r20 %\r", b"30 %\n"], ["10 %", "20 %", "30 %"]),
        (["ü\n".encode()[:1], "ü\n".encode()[1:]], ["ü"]),
        ([bytes([byte]) for byte in "é€🐧\n".encode()], ["é€🐧"]),
        ([b"\xff\xfe\n"], ["\ufffd\ufffd"]),
        ([b"a\xe2\x82\nb\n"], ["a\ufffd", "b"]),
        ([b"a\x0bb\x0cc\xc2\x85d\n"], ["a\x0bb\x0cc\x85d"]),
    ],
)
def test_output_is_cut_into_lines(
    stage: Stage, bench: Bench, pieces: list[bytes], lines: list[str]
) -> None:
    stage.crew.instead["one-x"] = write_output(*pieces)
    run(bench)
    assert stage.lines == lines


@pytest.mark.parametrize("pieces", [[b"a\r\nb\r\n"], [b"a\r", b"\nb\r", b"\n"]])
def test_a_carriage_return_and_a_newline_end_one_line(
    stage: Stage, bench: Bench, pieces: list[bytes]
) -> None:
    stage.crew.instead["one-x"] = write_output(*pieces)
    run(bench)
    assert stage.lines == ["a", "b"]


def test_half_a_character_at_the_end_is_not_swallowed(stage: Stage, bench: Bench) -> None:
    stage.crew.instead["one-x"] = write_output(b"abc\xe2\x82")
    run(bench)
    assert stage.lines == ["abc\ufffd"]


def test_why_a_step_of_every_run_runs(stage: Stage, bench: Bench) -> None:
    every = replace(ONE, recipe=replace(ONE.recipe, every_run=True))
    run_step(bench, every, 1, last=ONE.fingerprint)
    assert stage.why("one:x") == "on every run"
