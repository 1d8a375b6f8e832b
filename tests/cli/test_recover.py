"""`shell`, `resume`, `retry`, `abort`, and the question on a terminal."""

import io
import os
from pathlib import Path

import pytest

from bh_container.cli.ask import ask
from bh_container.cli.workshop import open_plainly
from bh_container.errors import BhError
from bh_container.run.choice import Choice
from bh_container.run.lock import exclusive
from bh_container.run.shell import Shell, host_shell
from bh_container.run.workshop import UNIT_LABEL
from tests.cli.conftest import Run
from tests.fakes import Execution, FakeEngine
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


def test_shell_opens_one_in_the_runs_container(
    failed: Run, fake_engine: FakeEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    result = failed("shell", "box")
    assert result.exit_code == 0, result.output
    for command in ("shell", "resume", "retry", "abort"):
        assert f"bh-container {command} box" in result.stderr
    (container,) = (one.name for one in fake_engine.containers(UNIT_LABEL) if one.running)
    assert capfd.readouterr().out == f"{container} bash\n", "the words of the fake engine's shell"


@pytest.mark.parametrize("command", ["build", "resume", "retry", "abort"])
def test_a_target_that_another_process_works_on(
    failed: Run, project: Path, crew: Crew, command: str
) -> None:
    with exclusive(BOX, project / "volumes/journal" / f"{BOX}.lock"):
        result = failed(command, "box")
    assert result.exit_code == 2
    assert f"process {os.getpid()} is working on it" in result.stderr
    assert crew.ran == []


def test_a_host_that_failed_is_looked_at_in_its_own_container(
    project: Path, crew: Crew, run: Run, fake_engine: FakeEngine
) -> None:
    def fail(execution: Execution) -> int:
        record = execution.path(f"{execution.command[-1]}.env")
        record.write_text("# /bh/steps/host/perl.sh\n")
        return 1

    crew.instead["perl"] = fail
    result = run("build", "box")
    assert result.exit_code == 3
    assert "host: step 'perl' failed with status 1" in result.stderr
    with open_plainly(None, None) as shop:
        shell = host_shell(shop)
    (container,) = (one.name for one in fake_engine.containers(UNIT_LABEL))
    assert shell.script == "/bh/steps/host/perl.sh"
    assert shell.words[:3] == ("echo", container, "bash")
    crew.revive()
    assert run("build", "box").exit_code == 0
    assert next(step for step in crew.ran if step != "configuration") == "perl"


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
