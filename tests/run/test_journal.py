"""The journal: what lines add up to, and what a crash may do to the file."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bh_container.history.inventory import Ending
from bh_container.plan.step import Done
from bh_container.run.journal import Begun, Broke, Journal, JournalUnknown, Run, State
from bh_container.run.left import Left

KERNEL = Begun(step="kernel", key="k1", record="07-kernel")
KERNEL_DONE = Done(
    key="k1", fingerprint={"after": "x", "linux.config": "d"}, seconds=1.5, memory=1 << 30
)
WORLD = Begun(step="wörld", key="w1", record="08-world")
WORLD_DONE = Done(key="w1", fingerprint={"after": "k1"}, seconds=0.0)

LEFT = Left(build=1, layers=2, packages=3)
AHEAD = {"wörld": WORLD_DONE}
Act = Callable[[Journal], None]
ACTS: dict[str, Act] = {
    "open 1": lambda journal: journal.run_opened(Run(id="1", base="base")),
    "open 2": lambda journal: journal.run_opened(Run(id="2", base="image")),
    "open 3 fresh": lambda journal: journal.run_opened(Run(id="3", base="image"), done={}),
    "open 4 ahead": lambda journal: journal.run_opened(Run(id="4", base="b"), done=AHEAD),
    "kernel begun": lambda journal: journal.step_begun(KERNEL),
    "kernel done": lambda journal: journal.step_done("kernel", KERNEL_DONE),
    "kernel broke": lambda journal: journal.step_broke("kernel", 1),
    "kernel interrupted": lambda journal: journal.step_broke("kernel", None),
    "world begun": lambda journal: journal.step_begun(WORLD),
    "world done": lambda journal: journal.step_done("wörld", WORLD_DONE),
    "complete": lambda journal: journal.run_completed("box.1", "image"),
    "measured": lambda journal: journal.run_completed("box.1", "image", LEFT),
    "dropped": lambda journal: journal.run_dropped(),
}
FIRST = Run(id="1", base="base")
ONE_DONE = Run(id="1", base="base", done={"kernel": KERNEL_DONE})
KERNEL_BROKE = Broke(step="kernel", status=1, record="07-kernel")
BROKEN = Run(id="1", base="base", broke=KERNEL_BROKE)
COMPLETE = State(last=ONE_DONE, result="box.1", image="image")
COMPLETED = ("open 1", "kernel begun", "kernel done", "complete")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal" / "box.jsonl")


def perform(journal: Journal, acts: Sequence[str]) -> None:
    for act in acts:
        ACTS[act](journal)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ((), State()),
        (("open 1",), State(open=FIRST)),
        (("open 1", "kernel begun"), State(open=Run(id="1", base="base", begun=KERNEL))),
        (
            ("open 1", "kernel begun", "kernel done", "measured", "open 3 fresh"),
            replace(COMPLETE, left=LEFT, open=Run(id="3", base="image")),
        ),
        (("open 1", "kernel begun", "kernel done"), State(open=ONE_DONE)),
        (("open 1", "kernel begun", "kernel broke"), State(open=BROKEN)),
        (
            ("open 1", "kernel begun", "kernel interrupted"),
            State(open=replace(BROKEN, broke=replace(KERNEL_BROKE, status=None))),
        ),
        (
            ("open 1", "world begun", "kernel broke"),
            State(open=replace(BROKEN, broke=replace(KERNEL_BROKE, record=None))),
        ),
        (
            ("open 1", "kernel begun", "kernel broke", "world begun"),
            State(open=replace(FIRST, begun=WORLD)),
        ),
        (("open 1", "kernel begun", "kernel broke", "kernel done"), State(open=ONE_DONE)),
        (
            ("open 1", "kernel begun", "kernel done", "world begun"),
            State(
                open=Run(id="1", base="base", done={"kernel": KERNEL_DONE}, begun=WORLD),
            ),
        ),
        (
            ("open 1", "kernel begun", "kernel done", "kernel begun"),
            State(open=Run(id="1", base="base", begun=KERNEL)),
        ),
        (
            ("open 1", "kernel begun", "kernel done", "kernel begun", "kernel broke"),
            State(open=BROKEN),
        ),
        (COMPLETED, COMPLETE),
        (
            (*COMPLETED, "open 2"),
            State(
                last=ONE_DONE,
                result="box.1",
                image="image",
                open=Run(id="2", base="image", done={"kernel": KERNEL_DONE}),
            ),
        ),
        (
            (*COMPLETED, "open 2", "kernel begun"),
            State(
                last=ONE_DONE,
                result="box.1",
                image="image",
                open=Run(id="2", base="image", begun=KERNEL),
            ),
        ),
        ((*COMPLETED, "open 2", "kernel begun", "kernel broke", "dropped"), COMPLETE),
        (
            (*COMPLETED, "open 3 fresh"),
            State(last=ONE_DONE, result="box.1", image="image", open=Run(id="3", base="image")),
        ),
        (
            (*COMPLETED, "open 4 ahead"),
            State(
                last=ONE_DONE,
                result="box.1",
                image="image",
                open=Run(id="4", base="b", done=AHEAD),
            ),
        ),
        (("open 1", "dropped"), State()),
        (("dropped",), State()),
        (("kernel begun", "kernel done"), State()),
        ((*COMPLETED, "world begun", "world done"), COMPLETE),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, tuple) else "",
)
def test_what_the_lines_add_up_to(journal: Journal, acts: tuple[str, ...], expected: State) -> None:
    perform(journal, acts)
    assert journal.read() == expected


def test_what_is_done_is_what_the_next_step_works_on(journal: Journal) -> None:
    assert journal.read().done == {}
    perform(journal, COMPLETED)
    assert journal.read().done == {"kernel": KERNEL_DONE}
    perform(journal, ("open 2", "kernel begun"))
    assert journal.read().done == {}
    perform(journal, ("dropped",))
    assert journal.read().done == {"kernel": KERNEL_DONE}


@pytest.mark.parametrize(
    ("acts", "at"),
    [
        ((), None),
        (("open 1",), 1),
        (("open 1", "kernel begun"), 2),
        (("open 1", "kernel begun", "kernel broke"), 3),
        (COMPLETED, 4),
        ((*COMPLETED, "open 2"), 5),
        ((*COMPLETED, "open 2", "kernel begun", "dropped"), 4),
        (("open 1", "dropped"), None),
    ],
)
def test_when_the_newest_record_of_the_run_was_written(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, acts: tuple[str, ...], at: float | None
) -> None:
    clock = count(1)
    monkeypatch.setattr("time.time", lambda: float(next(clock)))
    perform(journal, acts)
    assert journal.read().at == at


def test_another_object_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    perform(Journal(file), COMPLETED)
    assert Journal(file).read() == COMPLETE


ALL = ("open 1", "kernel begun", "kernel done", "world begun", "world done", "complete")
STORY = (*ALL, "open 2", "kernel begun", "kernel broke")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with every kind of record."""
    file = tmp_path_factory.mktemp("story") / "story.jsonl"
    perform(Journal(file), STORY)
    return file.read_bytes()


def test_a_file_cut_anywhere_says_what_its_whole_lines_say(tmp_path: Path, story: bytes) -> None:
    file = tmp_path / "cut.jsonl"
    whole: dict[int, State] = {}
    for length in range(len(story) + 1):
        file.write_bytes(story[:length])
        lines = story[:length].count(b"\n")
        state = Journal(file).read()
        assert state == whole.setdefault(lines, state), f"cut at byte {length}"
    assert len(whole) == len(STORY) + 1
    assert len({str(state) for state in whole.values()}) == len(whole)


def test_what_is_added_to_a_cut_file_is_read(tmp_path: Path, story: bytes) -> None:
    file = tmp_path / "cut.jsonl"
    ends = [n + 1 for n, byte in enumerate(story) if byte == ord("\n")]
    expected: dict[int, State] = {}
    for length in range(0, len(story) + 1, 7):
        lines = story[:length].count(b"\n")
        start = ends[lines - 1] if lines else 0
        file.write_bytes(story[:start])
        perform(Journal(file), ("open 2", "world begun"))
        expected[length] = Journal(file).read()
        file.write_bytes(story[:length])
        perform(Journal(file), ("open 2", "world begun"))
        assert Journal(file).read() == expected[length], f"cut at byte {length}"


@pytest.mark.parametrize("damage", [lambda text: text + b'{"v": 1', lambda text: text[:-3]])
def test_an_object_that_wrote_the_last_record_sees_what_was_done_to_it(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "own.jsonl"
    journal = Journal(file)
    perform(journal, ("open 1", "kernel begun"))
    file.write_bytes(damage(file.read_bytes()))
    perform(journal, ("world begun",))
    opened = Journal(file).read().open
    assert opened is not None
    assert opened.begun == WORLD


@pytest.mark.parametrize(
    "garbage",
    [
        b"\0\0\0\0",
        b"\0\0\0\0\n",
        b"\xff\xfe\x80",
        b"\xff\xfe\x80\n",
        b"\xc3",
        b"not json\n",
        b"\n",
        b"\n\n\n",
        b"[]\n",
        b"null\n",
        b"1\n",
        b'{"v": 1}\n',
        b'{"event": "do',
        b'{"event": "done", "step": "kernel"}\n',
        b'"\xe2\x80\xa8"\n',
    ],
    ids=repr,
)
def test_garbage_at_the_end_counts_as_never_written(
    tmp_path: Path, story: bytes, garbage: bytes
) -> None:
    file = tmp_path / "garbage.jsonl"
    file.write_bytes(story)
    before = Journal(file).read()
    file.write_bytes(story + garbage)
    assert Journal(file).read() == before
    perform(Journal(file), ("kernel begun",))
    after = Journal(file).read()
    assert after.open is not None
    assert after.open.begun == KERNEL


def test_a_journal_of_a_newer_version_is_neither_misread_nor_cut(tmp_path: Path) -> None:
    file = tmp_path / "box.jsonl"
    perform(Journal(file), ("open 1", "kernel begun"))
    newer = file.read_bytes() + b'{"v": 2, "at": 1.0, "event": "paused"}\n'
    file.write_bytes(newer)
    for use in (Journal.read, Journal.past, ACTS["kernel done"]):
        with pytest.raises(JournalUnknown, match=r"box\.jsonl: is of format 2"):
            use(Journal(file))
    assert file.read_bytes() == newer


@given(names=st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_any_order_of_records_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    journal = Journal(tmp_path_factory.mktemp("any") / "a.jsonl")
    perform(journal, names)
    state = journal.read()
    assert set(state.done) <= {"kernel", "wörld"}
    assert state.open is None or state.open.begun in (None, KERNEL, WORLD)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ((), []),
        (("open 1",), [("1", Ending.OPEN, None)]),
        (("open 1", "dropped"), [("1", Ending.DROPPED, None)]),
        (("open 1", "kernel begun", "complete"), [("1", Ending.COMPLETE, "image")]),
        (
            (*COMPLETED, "open 2", "kernel broke", "dropped", "open 3 fresh", "world begun"),
            [
                ("1", Ending.COMPLETE, "image"),
                ("2", Ending.DROPPED, None),
                ("3", Ending.OPEN, None),
            ],
        ),
        (("open 1", "open 2"), [("1", Ending.DROPPED, None), ("2", Ending.OPEN, None)]),
        (("dropped", "complete"), []),
    ],
)
def test_every_run_and_how_it_ended(
    journal: Journal, acts: Sequence[str], expected: list[tuple[str, Ending, str | None]]
) -> None:
    perform(journal, acts)
    assert [(past.run.id, past.ending, past.image) for past in journal.past()] == expected


def test_a_run_knows_what_it_has_done_itself(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    done = Done(key="k", fingerprint={}, seconds=0)
    journal.run_opened(Run(id="1", base="b"))
    journal.step_done("kernel", done)
    journal.run_completed("result", "image")
    journal.run_opened(Run(id="2", base="b"))
    journal.step_done("world", done)
    journal.step_done("layout", done)
    journal.step_begun(Begun(step="layout", key="k", record="r"))
    run = journal.read().open
    assert run is not None
    assert (set(run.done), set(run.own)) == ({"kernel", "world"}, {"world"})
