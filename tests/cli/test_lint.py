"""`bh-container lint`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SECOND, Run
from tests.run.stage import BOX


@pytest.fixture
def broken(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with an error and a warning in one target, and an error in the other."""
    monkeypatch.chdir(project)
    (project / f"configs/{BOX}/worlds/base").write_text("sys-apps/busybox\nbusybox\n")
    (project / f"configs/{BOX}/split.bas").touch()
    (project / f"configs/{SECOND}/build-arch").write_text("a, b:c%\n")
    return project


def mine(text: str) -> list[str]:
    """What is said of the mistakes above; the small targets of these tests have others."""
    return [line for line in text.splitlines() if "busybox'" in line or "split.bas" in line]


def test_errors_come_before_warnings_and_end_with_status_2(broken: Path, run: Run) -> None:
    result = run("lint", "box")
    assert result.exit_code == 2
    assert mine(result.stdout) == [
        f"configs/{BOX}/worlds/base:2:1: error: 'busybox' has no category;"
        " write category/name, =category/name-1 or @set",
        f"configs/{BOX}/split.bas: warning: nothing reads this; did you mean 'split.base'?",
    ]
    assert "error" in result.stderr and "warning" in result.stderr
    assert SECOND not in result.stdout


def test_json_is_one_object_per_finding(broken: Path, run: Run) -> None:
    result = run("lint", "box", "--json")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert {
        "severity": "error",
        "file": str(broken / f"configs/{BOX}/worlds/base"),
        "line": 2,
        "column": 1,
        "what": "'busybox' has no category",
        "remedy": "write category/name, =category/name-1 or @set",
    } in found


def test_annotations_of_a_workflow_run(broken: Path, run: Run) -> None:
    result = run("lint", "--format", "github")
    assert result.exit_code == 2
    assert mine(result.stdout) == [
        f"::error file=configs/{BOX}/worlds/base,line=2,col=1::'busybox' has no category;"
        " write category/name, =category/name-1 or @set",
        f"::warning file=configs/{BOX}/split.bas::nothing reads this; did you mean 'split.base'?",
    ]
    assert "'a,' is no architecture" in result.stdout
    assert "%" not in result.stdout.replace("%25", "")


def test_a_set_stands_for_its_targets(broken: Path, run: Run) -> None:
    with (broken / "bh-container.yaml").open("a") as settings:
        settings.write("sets: {mine: [second]}\n")
    result = run("lint", "@mine")
    assert result.exit_code == 2
    assert SECOND in result.stdout and BOX not in result.stdout
    assert "there is no such set" in run("lint", "@yours").stderr


def test_what_is_right_ends_with_status_0(run: Run) -> None:
    shipped = Path(__file__).parents[2]
    result = run("lint", "--directory", str(shipped), "rpi4-bb-mini")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no mistake found\n"
