"""From exceptions to exit statuses: the one place where errors become text.

0 done; 1 a bug of ours, with a traceback; 2 the user's input or machine; 3 a step failed and
can go on; 130 interrupted.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bh_container.errors import BhError

INTERRUPTED = 130


@contextmanager
def exits() -> Iterator[None]:
    """End the process with a message and a status for every error that is not a bug."""
    try:
        yield
    except BhError as error:
        typer.echo(f"bh-container: {error}", err=True)
        raise typer.Exit(error.exit_status) from None
    except KeyboardInterrupt:
        typer.echo("bh-container: interrupted; the same command goes on from here", err=True)
        raise typer.Exit(INTERRUPTED) from None
