"""The command as a whole."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bh_container.cli import main
from bh_container.cli.exits import exits
from bh_container.cli.main import app
from bh_container.engine.service import answers
from bh_container.errors import BhError, MissingProgram
from bh_container.run.step import StepFailed
from tests.cli.conftest import Run
from tests.conftest import cannot

COMMANDS = sorted(command.name or "" for command in app.registered_commands)
SYSTEM_SOCKET = Path("/run/podman/podman.sock")


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert {"build", "lab"} <= set(COMMANDS)
    for command in COMMANDS:
        assert f"\n  {command}" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.stdout


def test_without_words_there_is_help(run: Run) -> None:
    result = run()
    assert "Usage:" in result.output
    assert result.exit_code in (0, 2)


@pytest.mark.parametrize("words", [("bild",), ("build",), ("build", "--no-such"), ("build", "-j")])
def test_words_that_are_wrong_are_status_2(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BhError("what", remedy="how"), 2, "bh-container: what\n  how\n"),
        (BhError("what"), 2, "bh-container: what\n"),
        (StepFailed("box", "kernel", 1, Path("/log")), 3, "step 'kernel' failed with status 1"),
        (StepFailed("box", "kernel", None, Path("/log")), 3, "step 'kernel' was interrupted"),
        (
            MissingProgram("podman", debian="podman", gentoo="app-containers/podman"),
            2,
            "apt-get install podman; Gentoo: emerge app-containers/podman",
        ),
        (KeyboardInterrupt(), 130, "interrupted"),
        (typer.Abort(), 130, "interrupted"),
    ],
)
def test_errors_and_their_statuses(
    capsys: pytest.CaptureFixture[str], error: BaseException, status: int, words: str
) -> None:
    with pytest.raises(BaseException) as raised, exits():
        raise error
    assert getattr(raised.value, "exit_code", None) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), exits():
        raise ZeroDivisionError


def test_as_a_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "bh_container", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0
    assert "Usage:" in result.stdout
    assert result.stderr == ""


def test_without_podman(
    project: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if answers(SYSTEM_SOCKET):
        cannot(f"a Podman service answers at {SYSTEM_SOCKET}")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(empty))
    monkeypatch.setattr("bh_container.engine.host.SYSTEM_DIRECTORIES", "")
    result = run("build", "box")
    assert result.exit_code == 2
    assert "podman: no such program on this machine" in result.stderr
    assert "apt-get install podman" in result.stderr
    assert "Traceback" not in result.stderr


def test_with_a_service_that_is_not_there(project: Path, run: Run, tmp_path: Path) -> None:
    result = run("build", "box", "--url", f"unix://{tmp_path}/none.sock")
    assert result.exit_code == 2
    assert f"--url: no Podman service answers at unix://{tmp_path}/none.sock" in result.stderr
    assert "Traceback" not in result.stderr


def test_commands_that_open_podman_are_known() -> None:
    """But for `plan`, which looks at images alone."""
    directory = Path(main.__file__).parent
    opening = ("open_workshop(", "open_plainly(", "open_podman(", "open_engine(", "at_work(")
    openers = {
        file.stem for file in directory.glob("*.py") if any(w in file.read_text() for w in opening)
    }
    commands = {
        (command.name or "")
        for command in app.registered_commands
        if command.callback and command.callback.__module__.rpartition(".")[2] in openers
    }
    assert commands - main.PODMAN == {"plan", "diff"}
    assert {*COMMANDS, "history"} >= main.PODMAN
