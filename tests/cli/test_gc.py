"""`bh-container gc`."""

import json
from pathlib import Path

import pytest

from bh_container.engine.protocol import EngineError
from tests.cli.conftest import Run
from tests.config.tree import LINUX_CONFIG
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Crew, write_output


@pytest.fixture
def given_up(project: Path, crew: Crew, run: Run) -> Path:
    """The project after a run that failed and was given up."""
    crew.instead["modules"] = write_output(b"no\n", status=1)
    assert run("build", "box").exit_code == 3
    assert run("abort", "box").exit_code == 0
    return project


def test_nothing_to_do(project: Path, crew: Crew, run: Run) -> None:
    result = run("gc")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 removed, with 0.0 MiB\n"


def test_a_dry_run_says_what_would_go(given_up: Path, fake_engine: FakeEngine, run: Run) -> None:
    before = fake_engine.containers()
    dry = run("gc", "--dry-run")
    assert dry.exit_code == 0
    assert fake_engine.containers() == before
    assert dry.stderr.startswith("2 would go, with ")
    assert "its run was given up" in dry.stdout
    real = run("gc")
    assert real.stdout == dry.stdout
    assert real.stderr.startswith("2 removed, with ")
    assert fake_engine.containers() == ()
    assert run("gc").stdout == ""


def test_json(given_up: Path, run: Run) -> None:
    result = run("gc", "--json", "--dry-run")
    first, second = map(json.loads, result.stdout.splitlines())
    assert {first["kind"], second["kind"]} == {"container"}
    assert set(first) == {"kind", "what", "name", "why", "references", "size"}


def test_rules(project: Path, crew: Crew, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(("20240101T000001Z-aaaa", "20240101T000002Z-bbbb"))
    monkeypatch.setattr("bh_container.run.target.new_run", lambda: next(names))
    for config in ("CONFIG_A=y\n", "CONFIG_B=y\n"):
        (project / "configs" / BOX / "linux.config").write_text(LINUX_CONFIG + config)
        assert run("build", "box").exit_code == 0
    assert run("gc", "--keep-last", "2").stdout == ""
    assert run("gc", "--keep-within", "1h").stdout == ""
    kinds = [line.partition(" ")[0] for line in run("gc", "--keep-last=1").stdout.splitlines()]
    assert kinds == ["snapshot", "image", "build", "logs"]
    (left,) = (project / "builds").iterdir()
    assert left.name == f"{BOX}.20240101T000002Z"


@pytest.mark.parametrize("words", [("--keep-last", "0"), ("--keep-within", "soon")])
def test_rules_that_are_none(project: Path, crew: Crew, run: Run, words: tuple[str, ...]) -> None:
    assert run("gc", *words).exit_code == 2


def test_what_podman_keeps_hinders_nothing_else(
    given_up: Path, fake_engine: FakeEngine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stubborn, other) = fake_engine.containers()

    def refuse(self: FakeEngine, name: str) -> None:
        if name == stubborn.id:
            raise EngineError("Podman: in use")
        real(self, name)

    real = FakeEngine.remove_container
    monkeypatch.setattr(FakeEngine, "remove_container", refuse)
    result = run("gc")
    assert result.exit_code == 2
    assert f"{stubborn.name} was not removed: Podman: in use" in result.stderr
    assert fake_engine.container(other.name) is None
