"""Events on a terminal: a bar for each unit at work, and lines above for what stays."""

import re
from typing import NoReturn, TextIO

from tqdm import tqdm

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
from bh_container.ui.plain import line_of

BAR = "{desc} |{bar:20}| {n_fmt}/{total_fmt} {elapsed} {postfix}"
LAST_LINES = 20
"""How many lines of a broken step's output stay on the screen."""

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What moves a terminal's cursor or colours it: control sequences (ECMA-48) and characters."""


class Bars:
    """A line per unit: step, count, elapsed time, and the last line that the step wrote."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: dict[str, tqdm[NoReturn]] = {}
        self._recent: dict[str, list[str]] = {}

    def __call__(self, event: Event) -> None:
        """Show the event."""
        match event:
            case StepStarted():
                self._step_started(event)
            case StepOutput():
                self._output(event)
            case StepFinished():
                self._bar(event.unit, None).update()
            case Transfer():
                self._transfer(event)
            case StepBroke():
                self._say(event.unit, *self._recent.get(event.unit, []), line_of(event) or "")
            case UnitStarted() | UnitFinished() | Note():
                self._say(event.unit, line_of(event) or "")
        if isinstance(event, UnitStarted) and event.pending:
            self._close(event.unit)
            self._bar(event.unit, event.pending)
        if isinstance(event, UnitFinished | StepBroke):
            self._close(event.unit)

    def close(self) -> None:
        """Give the terminal back as it was."""
        for unit in list(self._bars):
            self._close(unit)

    def _step_started(self, event: StepStarted) -> None:
        bar = self._bar(event.unit, None)
        bar.set_description_str(f"{event.unit}: {event.step}")
        self._recent[event.unit] = []

    def _output(self, event: StepOutput) -> None:
        recent = self._recent.setdefault(event.unit, [])
        line = CONTROL.sub("", event.line)
        recent.append(line)
        del recent[:-LAST_LINES]
        width = max(self._stream_width() - 60, 10)
        self._bar(event.unit, None).set_postfix_str(" ".join(line.split())[:width])

    def _transfer(self, event: Transfer) -> None:
        share = f" {100 * event.done // event.total} %" if event.total else ""
        self._bar(event.unit, None).set_postfix_str(f"{event.what}{share}")

    def _stream_width(self) -> int:
        return next((bar.ncols or 80 for bar in self._bars.values()), 80)

    def _bar(self, unit: str, total: int | None) -> "tqdm[NoReturn]":
        if unit not in self._bars:
            self._bars[unit] = tqdm(
                total=total,
                desc=unit,
                bar_format=BAR,
                dynamic_ncols=True,
                file=self._stream,
                leave=False,
            )
        return self._bars[unit]

    def _close(self, unit: str) -> None:
        bar = self._bars.pop(unit, None)
        if bar is not None:
            bar.close()

    def _say(self, unit: str, *lines: str) -> None:
        for line in lines:
            tqdm.write(f"{unit}: {line}", file=self._stream)
