"""Events as JSON."""

import io
import json
from dataclasses import fields
from pathlib import Path

import pytest

from bh_container.events import Event, Note, StepOutput, UnitFinished
from bh_container.ui.json_lines import JsonLines
from tests.ui.events import EVENTS


def written(*events: Event) -> list[dict[str, object]]:
    stream = io.StringIO()
    listener = JsonLines(stream)
    for event in events:
        listener(event)
    lines = stream.getvalue().split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_has_all_its_fields(event: Event) -> None:
    (record,) = written(event)
    assert record["event"] == type(event).__name__
    assert record.keys() == {"event", *(field.name for field in fields(event))}


def test_all_events_are_a_line_each() -> None:
    assert len(written(*EVENTS)) == len(EVENTS)


def test_values_survive() -> None:
    line = 'tab\t"quote" é\u2028 \x1b[31m \ufffd'
    first, second, third = written(
        StepOutput(unit="box", step="a", line=line),
        UnitFinished(unit="box", ran=1, seconds=1.5, result=Path("/b/ü")),
        Note(unit="lab", text="a\nb"),
    )
    assert first["line"] == line
    assert (second["result"], second["seconds"]) == ("/b/ü", 1.5)
    assert third["text"] == "a\nb"
