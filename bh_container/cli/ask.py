"""Asking the user, on a terminal, what to do about a failed step."""

import subprocess
from collections.abc import Callable, Sequence

import typer

from bh_container.run.choice import Choice
from bh_container.run.step import StepFailed

SHELL = "shell"
KEYS = {
    "s": (SHELL, "look and mend, in a shell in its container"),
    "r": (Choice.RESUME, "run this step again and go on"),
    "t": (Choice.RETRY, "start this target over"),
    "a": (Choice.ABORT, "give this run up; keep binary packages"),
    "l": (Choice.LEAVE, "leave everything as it is, for a later command"),
}


def ask(failure: StepFailed, shell: Callable[[str], Sequence[str]]) -> Choice:
    """Offer a shell and the choices until one of them is made.

    `shell` gives the words that start a shell for a unit.
    """
    typer.echo(f"\n{failure}", err=True)
    for key, (name, meaning) in KEYS.items():
        typer.echo(f"  {key}  {name}: {meaning}", err=True)
    while True:
        key = typer.prompt(f"{failure.unit}: s, r, t, a or l", default="s", err=True).strip()
        choice, _ = KEYS.get(key[:1], (None, ""))
        if choice == SHELL:
            subprocess.run(shell(failure.unit), check=False)
        elif isinstance(choice, Choice):
            return choice
