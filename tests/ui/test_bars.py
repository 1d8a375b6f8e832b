"""Bars on something that says it is a terminal."""

import io
from pathlib import Path

import pytest

from bh_container.events import (
    Event,
    Note,
    StepBroke,
    StepFinished,
    StepOutput,
    StepStarted,
    Transfer,
    UnitFinished,
    UnitStarted,
)
from bh_container.ui.bars import LAST_LINES, Bars
from tests.ui.events import EVENTS, SAID


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(*events: Event) -> str:
    """All that was written, with the bars closed at the end."""
    terminal = Terminal()
    bars = Bars(terminal)
    try:
        for event in events:
            bars(event)
    finally:
        bars.close()
    return terminal.getvalue()


def started(unit: str = "box", number: int = 1) -> StepStarted:
    return StepStarted(
        unit=unit, step=f"step{number}", number=number, total=3, why="why", log=Path("/log/a.log")
    )


def finished(unit: str = "box", number: int = 1) -> StepFinished:
    return StepFinished(unit=unit, step=f"step{number}", seconds=1)


def output(line: str, unit: str = "box") -> StepOutput:
    return StepOutput(unit=unit, step="step1", line=line)


UNIT = UnitStarted(unit="box", total=3, pending=3)


@pytest.mark.parametrize(("event", "line"), SAID, ids=lambda value: type(value).__name__)
def test_any_event_may_come_first(event: Event, line: str | None) -> None:
    text = shown(event)
    match event:
        case StepStarted():
            assert f"\r{event.unit}: {event.step} |" in text
        case StepOutput():
            assert event.line.strip() in text
        case StepFinished():
            assert f"\r{event.unit} |" in text
        case Transfer():
            assert event.what in text
        case _:
            assert text.startswith(f"{event.unit}: {line}\n")


def test_what_stays_of_all_events_are_the_lines_that_no_bar_has() -> None:
    kept = [line.rpartition("\r")[2] for line in shown(*EVENTS).split("\n")]
    bar = StepStarted | StepOutput | StepFinished | Transfer
    said = [f"{event.unit}: {line}" for event, line in SAID if not isinstance(event, bar)]
    assert [line for line in kept if line in said] == said


def test_a_bar_counts_the_steps() -> None:
    steps = [event for n in range(1, 4) for event in (started(number=n), finished(number=n))]
    text = shown(UNIT, *steps[:-1], output("x"))
    assert "0/3" in text
    assert "box: step3" in text
    assert "2/3" in text


def test_a_bar_that_a_transfer_began_gets_its_total() -> None:
    transfer = Transfer(unit="box", what="importing a.tar", done=25, total=100)
    text = shown(transfer, UNIT, started(), output("x"))
    assert "importing a.tar 25 %" in text
    assert "0/3" in text


def test_a_transfer_of_unknown_length() -> None:
    text = shown(Transfer(unit="box", what="importing", done=25, total=None))
    assert "importing" in text
    assert "%" not in text.replace("%|", "")


def test_the_last_lines_of_a_broken_step_stay() -> None:
    lines = [output(f"line {number}.") for number in range(LAST_LINES + 5)]
    broke = StepBroke(unit="box", step="step1", status=1, log=Path("/log/a.log"))
    text = shown(UNIT, started(), *lines, broke)
    kept = [line for line in text.splitlines() if line.startswith("box: line")]
    assert kept == [f"box: line {number}." for number in range(5, LAST_LINES + 5)]
    assert "box: step1: failed with status 1; see /log/a.log" in text


def test_lines_of_an_earlier_step_are_forgotten() -> None:
    broke = StepBroke(unit="box", step="step2", status=1, log=Path("/log/a.log"))
    text = shown(UNIT, started(), output("old"), finished(), started(number=2), broke)
    assert "box: old" not in text.splitlines()


def test_units_have_bars_of_their_own() -> None:
    other = UnitStarted(unit="other", total=5, pending=5)
    text = shown(UNIT, other, started(), started("other"), output("a"), output("b", "other"))
    assert "box: step1" in text
    assert "other: step1" in text
    assert "0/5" in text


def test_what_stays_is_a_line_of_its_own() -> None:
    done = UnitFinished(unit="box", ran=3, seconds=5, result=Path("/builds/b"))
    text = shown(UNIT, Note(unit="box", text="take note"), started(), finished(), done)
    lines = text.replace("\r", "\n").splitlines()
    assert "box: 3 of 3 steps to run" in lines
    assert "box: take note" in lines
    assert "box: complete in 5.0 s: /builds/b" in lines


def test_a_unit_with_nothing_to_do_has_no_bar() -> None:
    text = shown(UnitStarted(unit="box", total=3, pending=0))
    assert text == "box: nothing to do: nothing has changed\n"


def test_control_characters_of_a_step_do_not_reach_the_terminal() -> None:
    broke = StepBroke(unit="box", step="step1", status=1, log=Path("/log/a.log"))
    text = shown(UNIT, started(), output("\x1b[2J\x07\x1b[01;31mred\x1b[m\tpaint"), broke)
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert ", red paint" in text
    assert "box: red\tpaint\n" in text
