"""What happens during a run, as plain data.

A *unit* is what a line on the screen stands for: `host`, or the name of a target. The runner
hands every event to one `Listener`; the screen, the log file and the JSON stream are listeners.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStarted:
    """A unit has `pending` of its `total` steps still to run."""

    unit: str
    total: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """Step `number` of `total` (counted from 1) starts; `why` says why it is not skipped."""

    unit: str
    step: str
    number: int
    total: int
    why: str
    log: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutput:
    """One line that the running step wrote, without its newline."""

    unit: str
    step: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step ended with status 0 after `seconds`."""

    unit: str
    step: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBroke:
    """A step ended with `status`, or was interrupted (`status` is None)."""

    unit: str
    step: str
    status: int | None
    log: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """`done` of `total` bytes of `what` have been moved; `total` is None where nobody knows it."""

    unit: str
    what: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth a line of its own."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFinished:
    """A unit is complete after `ran` steps. `result` is its build directory, None for the host."""

    unit: str
    ran: int
    seconds: float
    result: Path | None


Event = (
    UnitStarted
    | StepStarted
    | StepOutput
    | StepFinished
    | StepBroke
    | Transfer
    | Note
    | UnitFinished
)
Listener = Callable[[Event], None]
