"""What to do when a step has failed, and who is asked."""

from collections.abc import Callable
from enum import StrEnum

from bh_container.run.step import StepFailed


class Choice(StrEnum):
    """`RESUME` from the failed step, `RETRY` the target from its first step, `ABORT` the run.

    `LEAVE` everything as it is, for a later command.
    """

    RESUME = "resume"
    RETRY = "retry"
    ABORT = "abort"
    LEAVE = "leave"


SHELL = "shell"
"""What may be chosen before any of them: to look, and be asked again."""

Ask = Callable[[StepFailed], Choice]


def leave(_failure: StepFailed) -> Choice:
    """Where nobody can be asked."""
    return Choice.LEAVE
