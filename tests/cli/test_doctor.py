"""`bh-container doctor`."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bh_container.engine.protocol import Engine
from bh_container.errors import MissingProgram
from bh_container.run.doctor.examine import CHECKS
from bh_container.run.doctor.facts import Trial
from tests.cli.conftest import Run

NO_PODMAN = "podman: no such program on this machine"
GONE = "http://127.0.0.1:1"


@pytest.fixture
def no_podman(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_none(url: str | None, environment: object) -> AbstractContextManager[Engine]:
        raise MissingProgram("podman", debian="podman", gentoo="app-containers/podman")

    monkeypatch.setattr("bh_container.cli.workshop.open_engine", open_none)


@pytest.mark.usefixtures("no_podman")
def test_without_podman_no_build_works(project: Path, run: Run) -> None:
    result = run("doctor", "--offline")
    assert result.exit_code == 2
    first, remedy, *_ = result.stdout.splitlines()
    assert first == f"failure  podman     {NO_PODMAN}"
    assert "apt-get install podman" in remedy
    assert result.stderr == "no build works here before the failures are mended\n"


@pytest.mark.usefixtures("no_podman")
def test_each_finding_is_an_object(project: Path, run: Run) -> None:
    found = [json.loads(line) for line in run("doctor", "--offline", "--json").stdout.splitlines()]
    assert found[0] == {
        "check": "podman",
        "grade": "failure",
        "what": NO_PODMAN,
        "remedy": "Debian: apt-get install podman; Gentoo: emerge app-containers/podman",
    }
    assert {one["check"] for one in found} <= {check.name for check in CHECKS}
    assert {"disk", "kernel", "memory", "programs", "ulimits"} <= {one["check"] for one in found}


@pytest.mark.usefixtures("crew")
def test_mirrors_are_asked_unless_offline(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bh_container.run.doctor.trial.try_containers", lambda *_: Trial())
    (project / "bh-container.yaml").write_text(f"seed: stage3\ntarball_mirror: [{GONE}]\n")
    result = run("doctor")
    assert result.exit_code == 2
    assert f"{GONE} does not answer (ConnectionError)" in result.stdout
    offline = run("doctor", "--offline")
    assert "a privileged container starts" in offline.stdout
    assert GONE not in offline.stdout


@pytest.mark.usefixtures("no_podman")
def test_there_need_be_no_project(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no such program" in run("doctor", "--offline").stdout
    result = run("doctor", "--offline", "--directory", str(tmp_path))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "configs/" in result.stderr
