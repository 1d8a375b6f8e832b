"""`bh-container plan`, in each of its formats."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bh_container.engine.protocol import Engine, EngineError
from bh_container.run.record import PAGE
from bh_container.run.space import space_of
from tests.cli.conftest import SECOND, Run
from tests.config.tree import TUPLE
from tests.fakes import FakeEngine
from tests.run.stage import BOX, PAGES, Crew

OPEN = "bh_container.engine.podman.open_engine"

SIZE = r"[0-9.]+ MiB"


@pytest.fixture(autouse=True)
def asked(fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine that `plan` asks is the fake one."""

    @contextmanager
    def open_fake(url: str | None, environment: object) -> Iterator[Engine]:
        yield fake_engine

    monkeypatch.setattr(OPEN, open_fake)


@pytest.fixture
def built(project: Path, crew: Crew, run: Run, fake_engine: FakeEngine) -> Path:
    """Both targets are complete, and one of them has a changed file."""
    assert run("build", "box", "second").exit_code == 0
    (project / f"configs/{BOX}/worlds/net").write_text("net-misc/dropbear\na-b/c\n")
    fake_engine.calls.clear()
    return project


def test_text(built: Path, run: Run, fake_engine: FakeEngine) -> None:
    before = sorted(built.rglob("*"))
    result = run("plan", "box", "second")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [
        " ".join(re.sub(r"[0-9.]+ s\b", "TIME", line).split()) for line in result.stdout.split("\n")
    ]
    assert lines[0] == "host: nothing to do"
    takes = f"about TIME, with about {SIZE} of memory, leaving about {SIZE}"
    told = rf"{BOX}: \d+ of \d+ steps would run, {takes}"
    assert re.fullmatch(told, lines[1])
    assert any(re.fullmatch(r"\d+ world TIME worlds/net:2 added: a-b/c", one) for one in lines)
    assert any(re.fullmatch(r"\d+ clean TIME after world", one) for one in lines)
    assert lines[-2] == f"{SECOND}: nothing to do"
    assert sorted(built.rglob("*")) == before
    assert {name for name, *_ in fake_engine.calls} <= {"images"}


def test_json(built: Path, run: Run) -> None:
    result = run("plan", "--json", "box", "second")
    host, box, second = map(json.loads, result.stdout.splitlines())
    assert [one["unit"] for one in (host, box, second)] == ["host", BOX, SECOND]
    assert not any(step["runs"] for one in (host, second) for step in one["steps"])
    world = next(step for step in box["steps"] if step["name"] == "world")
    assert world["why"] == ["worlds/net:2 added: a-b/c"]
    assert box["is_known"] is True
    assert box["memory"] == world["memory"] == PAGES * PAGE
    assert (host["memory"], host["steps"][0]["memory"]) == (None, PAGES * PAGE)
    assert box["bytes"] == sum(box["left"].values())
    (build,) = (built / "builds").glob(f"{BOX}.*")
    assert box["left"]["build"] == space_of(build) > 0
    assert host["bytes"] == second["bytes"] == 0
    assert set(host["left"]) == {"build", "layers", "packages"}
    assert box["after"] == f"crossdev:{TUPLE}"


def test_graphs_have_every_step_and_every_edge(built: Path, run: Run) -> None:
    steps = sum(
        len(json.loads(line)["steps"]) for line in run("plan", "--json").stdout.splitlines()
    )
    mermaid = run("plan", "--format", "mermaid").stdout
    dot = run("plan", "--format", "dot").stdout
    assert mermaid.startswith("flowchart TB\n")
    assert dot.startswith("digraph plan {\n") and dot.endswith("}\n")
    # A tree: each step but the first stands behind exactly one.
    assert len(re.findall(r"^ +s\d+_\d+\[.*\]:::(?:run|done)$", mermaid, re.MULTILINE)) == steps
    assert len(re.findall(r"^ +s\d+_\d+ \[label=", dot, re.MULTILINE)) == steps
    for graph, arrow in ((mermaid, "-->"), (dot, "->")):
        ends = re.findall(rf"^ +s\d+_\d+ {arrow} (s\d+_\d+)$", graph, re.MULTILINE)
        assert len(ends) == len(set(ends)) == steps - 1
    assert "worlds/net:2 added: a-b/c" in mermaid


def test_without_podman_the_journals_are_believed(
    built: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(url: str | None, environment: object) -> None:
        raise EngineError("no Podman here", remedy="install it")

    monkeypatch.setattr(OPEN, refuse)
    result = run("plan", "second")
    assert result.exit_code == 0
    assert "Podman was not asked" in result.stderr and "no Podman here" in result.stderr
    assert result.stdout.splitlines() == ["host: nothing to do", f"{SECOND}: nothing to do"]
    assert run("plan", "--offline", "second").stderr == ""


def test_a_project_that_has_lost_its_id_plans_what_it_builds(
    built: Path, crew: Crew, run: Run
) -> None:
    """Its journals name the images, which are there, whatever id their labels have."""
    (built / "volumes/project").unlink()
    result = run("plan", "box", "second")
    host, box, *_, second = result.stdout.splitlines()
    assert (host, second) == ("host: nothing to do", f"{SECOND}: nothing to do")
    assert not (built / "volumes/project").exists()
    crew.ran.clear()
    assert run("build", "box", "second").exit_code == 0
    assert f" {len(crew.ran)} of " in f" {box.partition(': ')[2]}"


def test_a_new_project_plans_with_the_host_of_another(
    built: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new"
    for name in ("bh-container.yaml", "stage3.tar", "configs", "bh-container.lock"):
        (new / name).parent.mkdir(exist_ok=True)
        (new / name).symlink_to(built / name)
    monkeypatch.chdir(new)
    assert run("plan", "second").stdout.startswith("host: nothing to do\n")
    assert not (new / "volumes").exists()


def test_before_anything_was_built(project: Path, run: Run) -> None:
    before = sorted(project.rglob("*"))
    result = run("plan")
    assert result.exit_code == 0
    assert "for the first time\n" in result.stdout
    units = [json.loads(line) for line in run("plan", "--json").stdout.splitlines()]
    assert {(one["left"], one["bytes"]) for one in units} == {(None, None)}
    assert sorted(project.rglob("*")) == before


def test_a_mistake_is_told_with_status_2(project: Path, run: Run) -> None:
    (project / f"configs/{BOX}/build-arch").write_text("")
    result = run("plan", "box")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "build-arch: is empty" in result.stderr
