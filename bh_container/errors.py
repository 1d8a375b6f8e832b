"""The one family of errors that a user sees as a message instead of a traceback.

Library code raises; only `bh_container.cli` turns an error into text and an exit status.
"""

from typing import ClassVar


class BhError(Exception):
    """Something that is not a bug of ours: what happened, and what the user can do next.

    The text is one or more complete lines; `exit_status` is what the command ends with.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, what: str, *, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n  {self.remedy}" if self.remedy else self.what


class MissingProgram(BhError):
    """A program that has to be installed on this machine is not there."""

    def __init__(self, program: str, *, debian: str, gentoo: str) -> None:
        super().__init__(
            f"{program}: no such program on this machine",
            remedy=f"Debian: apt-get install {debian}; Gentoo: emerge {gentoo}",
        )
        self.program = program
