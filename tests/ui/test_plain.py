"""Events as lines of text."""

import io
from typing import get_args

import pytest

from bh_container.events import Event
from bh_container.ui.plain import PlainLines, duration, line_of
from tests.ui.events import EVENTS, SAID


def test_every_type_of_event_is_tried_here() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(Event))


@pytest.mark.parametrize(("event", "line"), SAID, ids=lambda value: type(value).__name__)
def test_what_is_said_of_an_event(event: Event, line: str | None) -> None:
    assert line_of(event) == line


@pytest.mark.parametrize(("event", "line"), SAID, ids=lambda value: type(value).__name__)
def test_a_line_has_its_unit_in_front(event: Event, line: str | None) -> None:
    stream = io.StringIO()
    PlainLines(stream)(event)
    assert stream.getvalue() == ("" if line is None else f"{event.unit}| {line}\n")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.04, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (10, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (60, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (3600, "1 h 00 min"),
        (7620, "2 h 07 min"),
        (90000, "25 h 00 min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
