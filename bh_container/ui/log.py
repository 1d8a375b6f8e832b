"""The log of a whole run: everything that all its steps wrote, in one file."""

from contextlib import suppress
from pathlib import Path

from bh_container.events import Event, StepBroke, StepFinished, StepOutput, StepStarted
from bh_container.run.record import RUN_LOG
from bh_container.ui.plain import line_of


class RunLog:
    """Appends to `all.log` beside the logs of the single steps."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}

    def __call__(self, event: Event) -> None:
        """Write the event, if it is about a step."""
        if isinstance(event, StepStarted):
            self._files[event.unit] = event.log.parent / RUN_LOG
        file = self._files.get(event.unit)
        if file is not None and isinstance(
            event, StepStarted | StepOutput | StepFinished | StepBroke
        ):
            # A full disk is for the step to tell of, whose log has the same lines.
            with suppress(OSError), file.open("a", encoding="utf-8") as log:
                log.write(f"{line_of(event)}\n")
