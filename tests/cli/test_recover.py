"""`shell`, `resume`, `retry`, `abort`, and the question on a terminal."""

import io
from pathlib import Path

import pytest

from bh_container.cli.ask import ask
from bh_container.errors import BhError
from bh_container.run.choice import Choice
from bh_container.run.shell import Shell
from tests.cli.conftest import Run
from tests.run.stage import BOX, Crew, write_output
from tests.run.test_target import ALL, from_step


@pytest.fixture
def failed(project: Path, crew: Crew, run: Run) -> Run:
    """A build of `box` whose step `modules` has failed once."""
    crew.instead["modules"] = write_output(b"no\n", status=1)
    result = run("build", "box")
    assert result.exit_code == 3
    for command in ("shell", "resume", "retry", "abort"):
        assert f"bh-container {command} box" in result.stderr
    crew.revive()
    return run


def test_resume_goes_on_from_the_failed_step(failed: Run, crew: Crew) -> None:
    result = failed("resume", "box")
    assert result.exit_code == 0, result.output
    assert crew.ran == [name.replace(":", "-") for name in from_step("modules")]
    assert Path(result.stdout.strip()).is_dir()


@pytest.mark.parametrize("command", ["resume", "retry"])
def test_the_seed_is_the_one_that_the_run_began_with(
    project: Path, crew: Crew, run: Run, command: str
) -> None:
    (project / "bh-container.yaml").write_text("jobs: 2\n")
    crew.instead["modules"] = write_output(b"no\n", status=1)
    assert run("build", "box", "--seed", "./stage3.tar", "--unsigned-seed").exit_code == 3
    crew.revive()
    result = run(command, "box")
    assert result.exit_code == 0, result.output


def test_retry_runs_every_step_of_the_target_and_none_of_the_host(failed: Run, crew: Crew) -> None:
    result = failed("retry", "box")
    assert result.exit_code == 0, result.output
    assert crew.ran == [name.replace(":", "-") for name in ALL]


def test_abort_ends_the_run_and_keeps_binary_packages(failed: Run, project: Path) -> None:
    assert failed("abort", "box").exit_code == 0
    assert (project / "volumes/binpkgs" / BOX / "Packages").is_file()
    again = failed("abort", "box")
    assert again.exit_code == 2
    assert "box: no run has failed or was interrupted" in again.stderr


def test_shell_opens_one_in_the_runs_container(failed: Run) -> None:
    result = failed("shell", "box")
    assert result.exit_code == 0, result.output
    assert "bh-container resume box" in result.stderr


@pytest.mark.parametrize("command", ["shell", "resume", "retry", "abort"])
def test_without_a_failed_run_there_is_nothing_to_recover(
    project: Path, crew: Crew, run: Run, command: str
) -> None:
    result = run(command, "box")
    assert result.exit_code == 2
    assert "start one: bh-container build box" in result.stderr
    assert crew.ran == []


@pytest.mark.parametrize(
    ("typed", "choice", "shells"),
    [
        ("r\n", Choice.RESUME, 0),
        ("t\n", Choice.RETRY, 0),
        ("a\n", Choice.ABORT, 0),
        ("l\n", Choice.LEAVE, 0),
        ("s\nr\n", Choice.RESUME, 1),
        ("\nshell\nretry\nr\n", Choice.RETRY, 2),
        ("?\nx\na\n", Choice.ABORT, 0),
    ],
)
def test_the_question_is_asked_until_it_is_answered(
    monkeypatch: pytest.MonkeyPatch, typed: str, choice: Choice, shells: int
) -> None:
    opened = []

    def shell() -> Shell:
        opened.append(Shell(words=("true",), script="/bh/steps/target/modules.sh"))
        return opened[-1]

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert ask("box", "step 'modules' failed", shell) is choice
    assert len(opened) == shells


def test_ctrl_c_at_the_question_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def press(*_: int) -> str:
        raise KeyboardInterrupt

    typed = io.StringIO()
    monkeypatch.setattr(typed, "readline", press)
    monkeypatch.setattr("sys.stdin", typed)
    with pytest.raises(KeyboardInterrupt):
        ask("box", "step 'modules' failed", lambda: Shell(words=("true",), script=None))


def test_a_shell_that_does_not_open_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shell() -> Shell:
        raise BhError("the container is gone", remedy="resume makes a new one")

    monkeypatch.setattr("sys.stdin", io.StringIO("s\nr\n"))
    assert ask("box", "step 'modules' failed", shell) is Choice.RESUME
    assert "resume makes a new one" in capsys.readouterr().err
