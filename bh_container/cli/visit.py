"""Attached to a running build: showing what it says, and asking on its behalf."""

from collections.abc import Iterator

import typer

from bh_container.cli.ask import ask
from bh_container.config.project import Project
from bh_container.errors import BhError
from bh_container.events import Listener, UnitFinished
from bh_container.run.choice import SHELL, Choice
from bh_container.run.lock import holder
from bh_container.run.shell import Shell
from bh_container.run.status import HOST, units_of
from bh_container.ui.socket import Line, Message, name_of
from bh_container.ui.wire import decode

GONE = "the build has ended; `bh-container status` says how"
RESUMABLE = 3


def connect(project: Project, unit: str | None, process: int | None) -> Line:
    """A connection to a process, else to the one that builds a unit, or else (None) anything.

    Raises `BhError` when there is none, or more than one.
    """
    pids = [process] if process else _holders(project, [unit, HOST] if unit else None)
    if unit is None and len(pids) > 1:
        raise BhError(
            f"builds run in the processes {', '.join(map(str, pids))}",
            remedy="name a target: bh-container attach TARGET",
        )
    for pid in pids:
        try:
            line = Line.to(name_of(project.root, pid))
        except OSError:
            continue
        if line.trusted and line.pid == pid:
            return line
        line.close()
    raise BhError(
        f"{unit or project.root}: no build runs that could be attached to",
        remedy="bh-container status says how everything stands",
    )


def _holders(project: Project, units: list[str] | None) -> list[int]:
    """The processes that work on any of the units, each once."""
    found = (holder(project.lock_file(unit)) for unit in units or units_of(project))
    return list(dict.fromkeys(pid for pid in found if pid is not None))


def visit(line: Line, screen: Listener, *, target: str | None, answers: bool) -> int:
    """Show the events of a target, or of all, until there are no more; return an exit status."""
    unit = target and target.rpartition("/")[2]
    line.send({"watch": unit, "answers": answers})
    messages = line.messages()
    for message in messages:
        if "question" in message:
            choice = ask(message["question"], message["text"], lambda: _shell(line, messages))
            line.send({"say": choice})
            if target and choice in (Choice.LEAVE, Choice.ABORT):
                return RESUMABLE
        elif "end" in message:
            typer.echo(message["text"], err=True)
            return int(message["end"])
        elif "event" in message:
            event = decode(message)
            screen(event)
            if target and isinstance(event, UnitFinished):
                return 0
    raise BhError(GONE)


def _shell(line: Line, messages: Iterator[Message]) -> Shell:
    """The shell that the build's process has got ready; what it says before is not shown."""
    line.send({"say": SHELL})
    for message in messages:
        if "shell" in message:
            return Shell(words=tuple(message["shell"]), script=message["script"])
        if "refused" in message:
            raise BhError(message["refused"])
    raise BhError(GONE)
