"""Events as JSON objects, and back: what one process hands to another."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from bh_container.events import Event

_KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def record_of(event: Event) -> dict[str, Any]:
    """The event's fields, and the name of its kind as `event`."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    plain = {n: str(value) if isinstance(value, Path) else value for n, value in values.items()}
    return {"event": type(event).__name__, **plain}


def encode(event: Event) -> str:
    """Its record, as one line without its end."""
    return json.dumps(record_of(event))


def decode(record: Mapping[str, Any]) -> Event:
    """The event that a record was made of. Raises KeyError for another kind of record."""
    kind = _KINDS[record["event"]]
    given = {field.name: _value(str(field.type), record[field.name]) for field in fields(kind)}
    return kind(**given)


def _value(kind: str, value: Any) -> Any:
    return Path(value) if "Path" in kind and value is not None else value
