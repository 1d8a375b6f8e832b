"""From exceptions to exit statuses: the one place where errors become text.

0 done; 1 a bug of ours, with a traceback; 2 the user's input or machine; 3 a step failed and
can go on; 130 interrupted.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from bh_container.errors import BhError

BUG = 1
INTERRUPTED = 130


def status_of(error: BaseException) -> int:
    """What the process ends with when this is raised."""
    if isinstance(error, BhError):
        return error.exit_status
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else BUG


@contextmanager
def exits() -> Iterator[None]:
    """End the process with a message and a status for every error that is not a bug."""
    try:
        yield
    except BhError as error:
        _say(str(error))
        raise typer.Exit(status_of(error)) from None
    except KeyboardInterrupt:
        _say("interrupted; the same command goes on from here")
        raise typer.Exit(INTERRUPTED) from None


def _say(words: str) -> None:
    # A terminal that was closed takes no words, and is no reason for another status.
    with suppress(OSError):
        typer.echo(f"bh-container: {words}", err=True)
