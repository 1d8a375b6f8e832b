"""Asking the user, on a terminal, what to do about a failed step."""

import subprocess
from collections.abc import Callable

import typer

from bh_container.run.choice import Choice
from bh_container.run.shell import Shell
from bh_container.run.step import StepFailed

SHELL = "shell"
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


def ask(failure: StepFailed, shell: Callable[[str], Shell]) -> Choice:
    """Offer a shell, which `shell` makes for a unit, and the choices until one is made."""
    typer.echo(f"\n{failure}", err=True)
    for key, (name, meaning) in KEYS.items():
        typer.echo(f"  {key}  {name}: {meaning}", err=True)
    while True:
        word = typer.prompt(f"{failure.unit}: s, r, t, a or l", default="s", err=True).strip()
        choice = next((name for key, (name, _) in KEYS.items() if word in (key, name)), None)
        if choice == SHELL:
            open_shell(shell(failure.unit))
        elif isinstance(choice, Choice):
            return choice
