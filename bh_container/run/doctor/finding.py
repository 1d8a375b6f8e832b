"""What a check finds."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is: a build cannot work with a failure, and may end late with a warning."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `remedy` is for a shell where a command can mend it."""

    grade: Grade
    what: str
    remedy: str | None = None


def ok(what: str) -> Finding:
    """All is well with this."""
    return Finding(grade=Grade.OK, what=what)


def warning(what: str, remedy: str) -> Finding:
    """A build works, or begins to, and may meet this later."""
    return Finding(grade=Grade.WARNING, what=what, remedy=remedy)


def failure(what: str, remedy: str) -> Finding:
    """No build works before this is mended."""
    return Finding(grade=Grade.FAILURE, what=what, remedy=remedy)
