"""A mistake in what the user wrote, and the error that carries all of them at once."""

from dataclasses import dataclass, field
from pathlib import Path

from bh_container.errors import BhError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what it is, and what to do about it. Columns count from 1.

    `str()` is one line that can be printed whatever bytes the file's name is made of.
    """

    file: Path
    line: int | None
    what: str
    remedy: str | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = f"{place}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")
        one_line = "".join(c if c.isprintable() or c == " " else repr(c)[1:-1] for c in text)
        return one_line.encode("utf-8", "backslashreplace").decode("utf-8")


class ConfigInvalid(BhError):
    """Everything that is wrong in a configuration, a line each."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Report:
    """Collects problems while a configuration is read, to raise them together at the end."""

    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        file: Path,
        line: int | None,
        what: str,
        remedy: str | None = None,
        *,
        column: int | None = None,
    ) -> None:
        self.problems.append(Problem(file, line, what, remedy, column))

    def raise_if_any(self) -> None:
        if self.problems:
            raise ConfigInvalid(tuple(self.problems))
