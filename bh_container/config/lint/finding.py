"""What lint has found: a mistake that a build would die of, or something that is hardly meant."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word
from bh_container.config.problems import Problem


class Severity(StrEnum):
    """An error is wrong whatever was meant; a warning is right, and probably not what was meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, and how bad it is."""

    severity: Severity
    problem: Problem


Check = Callable[[Subject], Iterator[Finding]]


def error(place: Word, what: str, remedy: str) -> Finding:
    """A mistake at a word."""
    return Finding(Severity.ERROR, _problem(place, what, remedy))


def warning(place: Word, what: str, remedy: str) -> Finding:
    """Something doubtful at a word."""
    return Finding(Severity.WARNING, _problem(place, what, remedy))


def _problem(place: Word, what: str, remedy: str) -> Problem:
    return Problem(place.file, place.line, what, remedy, place.column)
