"""Asking the user, on a terminal, what to do about a failed step."""

import subprocess
from collections.abc import Callable

import typer

from bh_container.errors import BhError
from bh_container.run.choice import SHELL, Choice
from bh_container.run.shell import Shell

KEYS: dict[str, tuple[str, str]] = {
    "s": (SHELL, "look and mend, in a shell in its container"),
    "r": (Choice.RESUME, "run this step again and go on"),
    "t": (Choice.RETRY, "start this target over"),
    "a": (Choice.ABORT, "give this run up; keep binary packages"),
    "l": (Choice.LEAVE, "leave everything as it is, for a later command"),
}


def open_shell(shell: Shell) -> int:
    """Give the terminal to a shell until the user leaves it; return its exit status."""
    if shell.script is not None:
        typer.echo(f"the step is: bash {shell.script}", err=True)
    return subprocess.run(shell.words, check=False).returncode


def ask(unit: str, what: str, shell: Callable[[], Shell]) -> Choice:
    """Say what happened; offer a shell, which `shell` makes, and the choices until one is made.

    Ctrl-C is KeyboardInterrupt here as everywhere else: it stops what runs beside the question.
    """
    typer.echo(f"\n{what}", err=True)
    for key, (name, meaning) in KEYS.items():
        typer.echo(f"  {key}  {name}: {meaning}", err=True)
    while True:
        word = _typed(f"{unit}: s, r, t, a or l")
        choice = next((name for key, (name, _) in KEYS.items() if word in (key, name)), None)
        if choice == SHELL:
            _try_shell(shell)
        elif isinstance(choice, Choice):
            return choice


def _typed(question: str) -> str:
    try:
        return str(typer.prompt(question, default="s", err=True)).strip()
    except typer.Abort:
        raise KeyboardInterrupt from None


def _try_shell(shell: Callable[[], Shell]) -> None:
    """A shell that cannot be opened is no reason to stop asking."""
    try:
        open_shell(shell())
    except BhError as error:
        typer.echo(f"{error}", err=True)
