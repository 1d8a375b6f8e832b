"""`bh-container build`, from its words to its exit status."""

import json
from pathlib import Path

import pytest

from bh_container.run.lock import exclusive
from tests.cli.conftest import SECOND, Run
from tests.fakes import Execution, FakeEngine
from tests.run.stage import BOX, Crew, write_output
from tests.run.test_target import from_step


def test_the_result_is_what_goes_to_stdout(project: Path, crew: Crew, run: Run) -> None:
    result = run("build", "box", "second")
    assert result.exit_code == 0, result.output
    lines = [Path(line) for line in result.stdout.splitlines()]
    assert [line.parent for line in lines] == [project / "builds"] * 2
    assert [line.name.rpartition(".")[0] for line in lines] == [BOX, SECOND]
    assert all(line.is_dir() for line in lines)
    assert "box| [1/" in result.stderr


def test_the_same_command_once_more_does_nothing(project: Path, crew: Crew, run: Run) -> None:
    first = run("build", "box")
    crew.revive()
    second = run("build", "box")
    assert (second.exit_code, second.stdout) == (0, first.stdout)
    assert crew.ran == []
    assert "box| nothing to do" in second.stderr


def test_json_is_all_that_stdout_gets(project: Path, crew: Crew, run: Run) -> None:
    result = run("build", "--json", "box")
    assert result.exit_code == 0
    events = [json.loads(line) for line in result.stdout.splitlines()]
    finished = [event for event in events if event["event"] == "UnitFinished"]
    assert Path(finished[-1]["result"]).is_dir()
    assert {"StepStarted", "StepFinished"} <= {event["event"] for event in events}
    assert result.stderr == ""


def test_all_output_is_in_one_log(project: Path, crew: Crew, run: Run) -> None:
    crew.instead["kernel"] = write_output(b"CC main.o\n")
    assert run("build", "box").exit_code == 0
    (log,) = (project / "volumes/log" / BOX).glob("*/all.log")
    assert "  CC main.o" in log.read_text()


def test_a_step_that_fails_is_status_3(project: Path, crew: Crew, run: Run) -> None:
    crew.instead["world"] = write_output(b"no such package\n", status=1)
    result = run("build", "box")
    assert result.exit_code == 3
    assert "host: step 'world' failed with status 1; its output is in" in result.stderr
    assert "run the same command again" in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_ctrl_c_is_status_130(project: Path, crew: Crew, run: Run) -> None:
    def interrupt(_: Execution) -> int:
        raise KeyboardInterrupt

    crew.instead["kernel"] = interrupt
    result = run("build", "box")
    assert result.exit_code == 130
    assert "the same command goes on from here" in result.stderr
    crew.revive()
    assert run("build", "box").exit_code == 0
    assert crew.ran == [name.replace(":", "-") for name in from_step("kernel")]


def test_a_bug_is_no_message(project: Path, crew: Crew, run: Run) -> None:
    def bug(_: Execution) -> int:
        raise ZeroDivisionError

    crew.instead["kernel"] = bug
    result = run("build", "box")
    assert result.exit_code == 1
    assert isinstance(result.exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("bxo", "did you mean 'box'?"),
        ("secnd", "did you mean 'second'?"),
        ("zzzzzz", "targets are: box, second"),
    ],
)
def test_an_unknown_target(
    project: Path, crew: Crew, run: Run, fake_engine: FakeEngine, word: str, words: str
) -> None:
    result = run("build", "box", word)
    assert result.exit_code == 2
    assert f"there is no target '{word}'" in result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert fake_engine.calls == []


def test_all_mistakes_of_a_configuration_at_once(
    project: Path, crew: Crew, run: Run, fake_engine: FakeEngine
) -> None:
    configs = project / "configs"
    (configs / BOX / "build-arch").unlink()
    (configs / BOX / "worlds/base").write_text("no/such/atom\n")
    (configs / SECOND / "linux.config").unlink()
    (configs / "host/worlds/base").write_text("")
    result = run("build", "box", "second")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    for place in (
        f"{BOX}/build-arch: is missing",
        f"{BOX}/worlds/base:1: ",
        f"{SECOND}/linux.config: is missing",
        "host/worlds/base: names no package",
    ):
        assert place in result.stderr
    assert fake_engine.calls == []


def test_all_mistakes_of_the_settings_at_once(project: Path, crew: Crew, run: Run) -> None:
    (project / "bh-container.yaml").write_text("jobs: many\nsead: lab\n")
    result = run("build", "box")
    assert result.exit_code == 2
    assert "bh-container.yaml:1:1: jobs is 'many'" in result.stderr
    assert "did you mean 'seed'?" in result.stderr


def test_a_unit_that_another_process_works_on(project: Path, crew: Crew, run: Run) -> None:
    with exclusive("host", project / "volumes/journal/host.lock"):
        result = run("build", "box")
    assert result.exit_code == 2
    assert "is working on it" in result.stderr


@pytest.mark.parametrize(
    ("words", "variable"), [((), "2"), (("--jobs", "7"), "7"), (("-j", "7"), "7")]
)
def test_jobs(
    project: Path,
    crew: Crew,
    run: Run,
    fake_engine: FakeEngine,
    words: tuple[str, ...],
    variable: str,
) -> None:
    (project / "bh-container.yaml").write_text("seed: ./stage3.tar\nunsigned_seed: yes\njobs: 2\n")
    assert run("build", *words, "box").exit_code == 0
    environments = [execution.environment for execution in fake_engine.executions]
    assert {given["BH_JOBS"] for given in environments if "BH_JOBS" in given} == {variable}


def test_other_jobs_build_nothing_again(project: Path, crew: Crew, run: Run) -> None:
    assert run("build", "box").exit_code == 0
    crew.revive()
    assert run("build", "--jobs", "64", "box").exit_code == 0
    assert crew.ran == []


def test_a_seed_of_the_command_line(
    project: Path, crew: Crew, run: Run, fake_engine: FakeEngine
) -> None:
    result = run("build", "--seed", "./none.tar", "box")
    assert result.exit_code == 2
    assert "there is neither a file nor an image of that name" in result.stderr
    assert fake_engine.calls == []


def test_the_seed_of_nobody_who_says_otherwise(
    project: Path, crew: Crew, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage3, from the first mirror; here nothing answers there."""
    (project / "bh-container.yaml").write_text("stage3_key: ./key\n")
    monkeypatch.setenv("TARBALL_MIRROR", "http://127.0.0.1:1")
    result = run("build", "box")
    assert result.exit_code == 2
    assert f"{project}/key: No such file" in result.stderr


def test_a_tarball_without_a_signature_is_taken_when_told_to(
    project: Path, crew: Crew, run: Run
) -> None:
    (project / "bh-container.yaml").write_text("seed: ./stage3.tar\n")
    result = run("build", "box")
    assert result.exit_code == 2
    assert "there is no signature beside it" in result.stderr
    assert run("build", "box", "--unsigned-seed").exit_code == 0


def test_a_project_elsewhere(
    project: Path, crew: Crew, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "bh-container.yaml").write_text(f"seed: {project}/stage3.tar\nunsigned_seed: 1\n")
    monkeypatch.chdir(tmp_path)
    assert run("build", "box").exit_code == 2
    assert run("build", "-C", "project", "box").exit_code == 0


def test_no_project(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("build", "box")
    assert result.exit_code == 2
    assert "neither here nor above is a project" in result.stderr
