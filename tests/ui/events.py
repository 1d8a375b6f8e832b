"""One event of each type, and the variants that are said differently."""

from pathlib import Path

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

LOG = Path("/log/07-kernel.log")

SAID: tuple[tuple[Event, str | None], ...] = (
    (UnitStarted(unit="box", total=9, pending=0), "nothing to do: nothing has changed"),
    (UnitStarted(unit="box", total=9, pending=3), "3 of 9 steps to run"),
    (
        StepStarted(unit="box", step="kernel", number=7, total=9, why="never ran", log=LOG),
        "[7/9] kernel (never ran)",
    ),
    (StepOutput(unit="box", step="kernel", line="  CC main.o"), "    CC main.o"),
    (StepFinished(unit="box", step="kernel", seconds=12.2), "kernel: done in 12 s"),
    (StepBroke(unit="box", step="kernel", status=None, log=LOG), "kernel: interrupted"),
    (
        StepBroke(unit="box", step="kernel", status=2, log=LOG),
        "kernel: failed with status 2; see /log/07-kernel.log",
    ),
    (Transfer(unit="host", what="importing a.tar", done=1, total=4), None),
    (Transfer(unit="host", what="importing a.tar", done=1, total=None), None),
    (Note(unit="lab", text="making a root"), "making a root"),
    (UnitFinished(unit="host", ran=2, seconds=65, result=None), "ready in 1 min 05 s"),
    (
        UnitFinished(unit="box", ran=2, seconds=1, result=Path("/builds/box")),
        "complete in 1.0 s: /builds/box",
    ),
)
EVENTS = tuple(event for event, _ in SAID)
