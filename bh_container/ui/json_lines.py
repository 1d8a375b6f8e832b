"""Events as JSON, an object per line, for other programs."""

from typing import TextIO

from bh_container.events import Event
from bh_container.ui.wire import encode


class JsonLines:
    """Writes each event with the name of its kind as `event`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Write the event."""
        self._stream.write(encode(event) + "\n")
        self._stream.flush()
