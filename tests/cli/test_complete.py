"""What a shell offers, and what every help has."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from typer.main import get_command

from bh_container.cli.main import app
from tests.cli.conftest import Run
from tests.conftest import cannot

PROGRAM = Path(sys.executable).with_name("bh-container")


def leaves(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command that does something."""
    below = getattr(command, "commands", {})
    for name, one in below.items():
        yield from leaves(one, (*words, name))
    if not below:
        yield words


def command_of(words: tuple[str, ...]) -> Any:
    command: Any = get_command(app)
    for word in words:
        command = command.commands[word]
    return command


def offered(words: tuple[str, ...], parameter: Any, incomplete: str) -> list[str]:
    """What is offered for a parameter of a command that has nothing else yet."""
    command = command_of(words)
    context = command.context_class(command, info_name=words[-1])
    return [one.value for one in parameter.shell_complete(context, incomplete)]


COMMANDS = tuple(leaves(get_command(app)))
ABOUT_TARGETS = ("target", "targets", "build", "one", "other")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_has_an_example(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert f"Example: bh-container {' '.join(words)}" in result.stdout


def test_every_word_for_a_target_is_completed(project: Path) -> None:
    (project / "bh-container.yaml").write_text("sets:\n  both: [box, second]\n")
    completed = []
    for words in COMMANDS:
        for parameter in command_of(words).params:
            if parameter.name not in ABOUT_TARGETS or words[0] in ("history", "init"):
                continue
            assert offered(words, parameter, "b") == ["box"], words
            completed.append(words[0])
            completed += offered(words, parameter, "@")
    assert {"build", "shell", "resume", "show", "boot", "status", "diff", "@both"} <= set(completed)


def test_a_new_project_may_have_what_is_shipped() -> None:
    (target,) = (one for one in command_of(("init",)).params if one.name == "target")
    assert offered(("init",), target, "rpi4") == ["rpi4-bb-mini", "rpi4-tb-stack"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_offered_names(project: Path, shell: str) -> None:
    if not PROGRAM.exists():
        cannot("bh-container is not installed beside this Python")
    line = "bh-container build se"
    environment = {
        **os.environ,
        "_BH_CONTAINER_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": "2",
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run(
        [PROGRAM], env=environment, capture_output=True, text=True, check=False, cwd=project
    )
    assert "second" in done.stdout
    assert done.stderr == ""


def test_nothing_is_offered_where_there_is_no_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    (targets,) = (one for one in command_of(("build",)).params if one.name == "targets")
    assert offered(("build",), targets, "") == []


@pytest.mark.parametrize("words", [("build", "--help"), ("bulid",)])
def test_nothing_is_coloured_even_on_a_terminal(words: tuple[str, ...]) -> None:
    """So https://no-color.org is kept to, and no log has escape sequences in it."""
    environment = {**os.environ, "TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": "100"}
    command = [sys.executable, "-m", "bh_container", *words]
    output = str(pexpect.run(shlex.join(command), env=environment, encoding="utf-8"))
    assert "bh-container" in output or "bh_container" in output
    assert "\x1b[" not in output
