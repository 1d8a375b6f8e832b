"""Events between processes, and what is kept of them for those who come late."""

import json

import pytest

from bh_container.events import Event, StepOutput, StepStarted, UnitStarted
from bh_container.ui.past import RECENT, Past
from bh_container.ui.wire import decode, encode
from tests.ui.events import EVENTS, LOG


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(json.loads(encode(event))) == event


def test_another_record_is_no_event() -> None:
    with pytest.raises(KeyError):
        decode({"event": "Nothing"})


def started(step: str) -> StepStarted:
    return StepStarted(unit="box", step=step, number=1, total=2, why="why", log=LOG)


def line(step: str, number: int = 0) -> StepOutput:
    return StepOutput(unit="box", step=step, line=f"line {number}")


def remembered(*events: Event) -> list[Event]:
    past = Past()
    for event in events:
        past.add(event)
    return list(past.events())


def test_what_an_earlier_step_wrote_is_forgotten() -> None:
    begun = UnitStarted(unit="box", total=2, pending=2)
    assert remembered(begun, started("a"), line("a"), started("b"), line("b")) == [
        begun,
        started("a"),
        started("b"),
        line("b"),
    ]


def test_the_last_lines_of_the_present_step_stay() -> None:
    lines = [line("a", number) for number in range(RECENT + 5)]
    assert remembered(started("a"), *lines) == [started("a"), *lines[5:]]


def test_a_unit_that_starts_over_has_no_past() -> None:
    again = UnitStarted(unit="box", total=2, pending=1)
    assert remembered(started("a"), line("a"), again) == [again]


def test_units_have_pasts_of_their_own() -> None:
    other = UnitStarted(unit="other", total=2, pending=1)
    assert remembered(started("a"), other, line("a")) == [started("a"), line("a"), other]
