"""Events as lines of text, for pipes, files and logs."""

from typing import TextIO

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


class PlainLines:
    """Writes every event that has words as one line, with its unit in front."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Write the event."""
        text = line_of(event)
        if text is not None:
            self._stream.write(f"{event.unit}| {text}\n")
            self._stream.flush()


def line_of(event: Event) -> str | None:
    """What to say of an event; None where nothing is to be said."""
    match event:
        case UnitStarted(pending=0):
            return "nothing to do: nothing has changed"
        case UnitStarted():
            return f"{event.pending} of {event.total} steps to run"
        case StepStarted():
            return f"[{event.number}/{event.total}] {event.step} ({event.why})"
        case StepOutput():
            return f"  {event.line}"
        case StepFinished():
            return f"{event.step}: done in {duration(event.seconds)}"
        case StepBroke(status=None):
            return f"{event.step}: interrupted"
        case StepBroke():
            return f"{event.step}: failed with status {event.status}; see {event.log}"
        case Note():
            return event.text
        case UnitFinished(result=None):
            return f"ready in {duration(event.seconds)}"
        case UnitFinished():
            return f"complete in {duration(event.seconds)}: {event.result}"
        case Transfer():
            return None


def duration(seconds: float) -> str:
    """Seconds as a person says them: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
