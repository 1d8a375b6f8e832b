"""What has happened so far, as far as somebody who comes late wants to see it."""

from collections import deque
from collections.abc import Iterator

from bh_container.events import Event, StepOutput, StepStarted, Transfer, UnitStarted

RECENT = 100
"""How many events since the start of a unit's present step are kept, most of them output."""


class Past:
    """Of each unit: its steps since it started last, and what the present one wrote lately."""

    def __init__(self) -> None:
        self._settled: dict[str, list[Event]] = {}
        self._recent: dict[str, deque[Event]] = {}

    def add(self, event: Event) -> None:
        """Remember an event."""
        unit = event.unit
        if isinstance(event, Transfer):
            return
        if isinstance(event, UnitStarted) or unit not in self._recent:
            self._settled[unit] = []
            self._recent[unit] = deque(maxlen=RECENT)
        recent = self._recent[unit]
        if isinstance(event, StepStarted):
            self._settled[unit] += [one for one in recent if not isinstance(one, StepOutput)]
            self._settled[unit].append(event)
            recent.clear()
        else:
            recent.append(event)

    def events(self) -> Iterator[Event]:
        """All that is remembered, unit by unit."""
        for unit, settled in self._settled.items():
            yield from settled
            yield from self._recent[unit]
