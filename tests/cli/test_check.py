"""`bh-container check` on a build of real images, without executing any of it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.output.tree import make_build
from tests.run.stage import BOX


def test_failures_are_said_and_status_3(project: Path, run: Run) -> None:
    trees = {"base": {"etc/shadow": "root::1::::::\n"}}
    make_build(project / "builds" / f"{BOX}.20260101T000000Z", trees)
    (project / "configs" / BOX / "tests").mkdir()
    own = project / "configs" / BOX / "tests/test_own.py"
    own.write_text("def test_own(root):\n    pass\n")
    result = run("check", "box", "--static", "--json")
    assert result.exit_code == 3
    found = {line["check"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert found["accounts_are_locked"]["outcome"] == "failed"
    assert "root has an empty password" in found["accounts_are_locked"]["message"]
    assert found["programs_load"] == {
        "check": "programs_load",
        "outcome": "not run",
        "own": False,
        "message": "--static executes nothing",
    }
    assert found["own"] == {"check": "own", "outcome": "passed", "own": True, "message": ""}
    failed = [name for name, line in found.items() if line["outcome"] == "failed"]
    assert f"{len(failed)} of {len(found)} checks failed: {', '.join(failed)}" in result.stderr


def test_a_build_outside_of_any_project(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_build(tmp_path / "build", {"base": {"etc/motd": "x"}})
    result = run("check", "build", "--static")
    assert "passed   accounts_are_locked\n" in result.stdout
    assert "failed   init_is_there\n         /sbin/init: there is none" in result.stdout


def test_what_is_no_build(project: Path, run: Run) -> None:
    result = run("check", "box")
    assert result.exit_code == 2
    assert "not a complete build" in result.stderr
