"""Going on in the background, without a terminal: the process itself does, and nothing else."""

import os
import signal
import sys
from pathlib import Path

import typer

REPORT = "detached.log"
"""Beside the logs of the units: what builds without a terminal say."""


class Detached:
    """The side of a process that runs on in the background."""

    def __init__(self, ready: int, log: Path) -> None:
        self._ready = ready
        self._log = log

    def announce(self) -> None:
        """Let go of the terminal: whoever waited there learns that all is well."""
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
            os.dup2(log, descriptor)
        os.close(log)
        os.write(self._ready, b"\n")
        os.close(self._ready)


def detach(directory: Path) -> Detached:
    """Split in two. The one in the background returns, in a session of its own.

    The other waits until that one announces itself, or fails, and ends with status 0 or with the
    same status. Must be called before there are threads.
    """
    directory.mkdir(parents=True, exist_ok=True)
    waiting, ready = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.close(ready)
        _wait(child, waiting, directory / REPORT)
    os.close(waiting)
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return Detached(ready, directory / REPORT)


def _wait(child: int, waiting: int, log: Path) -> None:
    with open(waiting, "rb") as pipe:
        if not pipe.read():
            _, status = os.waitpid(child, 0)
            raise typer.Exit(os.waitstatus_to_exitcode(status) or 1)
    typer.echo(
        f"bh-container: the build goes on as process {child}; its words are in {log}", err=True
    )
    typer.echo("  bh-container attach    shows it; Ctrl-C there leaves it running", err=True)
    typer.echo(f"  kill {child}    stops it in order; bh-container resume goes on", err=True)
    raise typer.Exit(0)
