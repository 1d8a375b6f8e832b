"""Programs of this machine that make or read images."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bh_container.errors import BhError, MissingProgram


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Its name, and the packages that have it in Debian and in Gentoo."""

    name: str
    debian: str
    gentoo: str


class ProgramFailed(BhError):
    """A program ended with a status other than 0."""

    exit_status = 3

    def __init__(self, file: Path, program: str, output: str) -> None:
        super().__init__(f"{file}: {program} failed: {output.strip()}")
        self.file = file
        self.program = program


def call(
    program: Program,
    words: Sequence[str | Path],
    *,
    file: Path,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run a program and return what it writes to standard output; `file` is what it works on.

    Raises MissingProgram and ProgramFailed.
    """
    command = [_find(program), *words]
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, check=False
    )
    if done.returncode:
        words_of_it = (done.stderr or done.stdout).decode(errors="replace")
        raise ProgramFailed(file, program.name, words_of_it)
    return done.stdout


@contextmanager
def reading(program: Program, words: Sequence[str | Path], *, file: Path) -> Iterator[IO[bytes]]:
    """What a program writes, as it comes; it has ended well when the block has.

    Raises MissingProgram and ProgramFailed. What the block raises ends the program.
    """
    with tempfile.TemporaryFile() as errors:
        command = [_find(program), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:
            assert process.stdout  # noqa: S101 (for mypy: it is a pipe)
            try:
                yield process.stdout
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            raise ProgramFailed(file, program.name, errors.read().decode(errors="replace"))


def _find(program: Program) -> str:
    # Debian keeps mkfs.* in a directory that is not on every user's PATH.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(program.name, path=path)
    if found is None:
        raise MissingProgram(program.name, debian=program.debian, gentoo=program.gentoo)
    return found
