"""Events as JSON, an object per line, for other programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from bh_container.events import Event


class JsonLines:
    """Writes each event with the name of its kind as `event`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Write the event."""
        record = {"event": type(event).__name__, **asdict(event)}
        self._stream.write(json.dumps(record, default=_plain) + "\n")
        self._stream.flush()


def _plain(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
