"""From exceptions to exit statuses: the one place where errors become text."""

import errno
import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import typer

from bh_container.errors import BhError

BUG = 1
INTERRUPTED = 130
MEANINGS = {
    0: "Done.",
    BUG: "A bug of ours, with a traceback.",
    2: "Something to mend in the configuration, in what was typed, or on this machine.",
    3: "A step failed, and can be gone on with; or a build did not boot, or did not pass a check.",
    INTERRUPTED: "Interrupted by Ctrl-C, SIGTERM or SIGHUP, or a question was not answered.",
}
"""What each status of the command says."""


def status_of(error: BaseException) -> int:
    """What the process ends with when this is raised."""
    if isinstance(error, BhError):
        return error.exit_status
    return INTERRUPTED if isinstance(error, KeyboardInterrupt | typer.Abort) else BUG


@contextmanager
def exits() -> Iterator[None]:
    """End the process with a message and a status for every error that is not a bug."""
    try:
        yield
    except BhError as error:
        _say(str(error))
        raise typer.Exit(status_of(error)) from None
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted; the same command goes on from here")
        raise typer.Exit(INTERRUPTED) from None


def _say(words: str) -> None:
    # A terminal that was closed takes no words, and is no reason for another status.
    with suppress(OSError):
        typer.echo(f"bh-container: {words}", err=True)


def let_go_of_closed_terminals() -> None:
    """Drop the words that a closed terminal did not take: Python would end with status 120."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            if _hung_up(stream):
                nothing = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, stream.fileno())
                os.close(nothing)


def _hung_up(stream: TextIO) -> bool:
    try:
        termios.tcgetattr(stream)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False
