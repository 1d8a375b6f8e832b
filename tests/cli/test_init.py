"""`bh-container init`."""

import json
from pathlib import Path

import pytest

from bh_container.config.shipped import shipped
from tests.cli.conftest import Run

SHIPPED = list(shipped().target_words().items())


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with no project in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_and_what_is_next(here: Path, run: Run) -> None:
    result = run("init", "my boards")
    assert (result.exit_code, result.stdout) == (0, f"{here}/my boards\n")
    assert "  cd 'my boards'\n" in result.stderr
    assert "  bh-container doctor\n" in result.stderr
    assert "  bh-container build rpi4-bb-mini\n" in result.stderr
    words = ("-C", "my boards")
    assert run("lint", *words).stderr == "no mistake found\n"
    assert [
        json.loads(line)["target"] for line in run("list", "--json", *words).stdout.splitlines()
    ] == ["rpi4-bb-mini"]
    plan = run("plan", "--offline", *words)
    assert (plan.exit_code, plan.stderr) == (0, "")


def test_here_by_default(here: Path, run: Run) -> None:
    result = run("init")
    assert (result.exit_code, result.stdout) == (0, f"{here}\n")
    assert "  cd " not in result.stderr
    assert (here / "bh-container.yaml").is_file()


def test_several_targets_as_json(here: Path, run: Run) -> None:
    (here / ".gitignore").write_text("")
    result = run(
        "init", "--json", "-t", "zen2-tb-stack", "--target", SHIPPED[0][0], "-t", "zen2-tb-stack"
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "project": str(here),
        "targets": ["zen2-tb-stack", SHIPPED[0][1]],
        "kept": [".gitignore"],
    }
    assert run("lint").exit_code == 0


@pytest.mark.parametrize("name, word", SHIPPED, ids=[word for _, word in SHIPPED])
def test_each_that_is_shipped_is_without_a_mistake(run: Run, name: str, word: str) -> None:
    assert run("init", "-t", word).exit_code == 0
    assert run("lint").stderr == "no mistake found\n"
    assert Path("configs", name, "build-arch").is_file()


def test_twice(here: Path, run: Run) -> None:
    assert run("init").exit_code == 0
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    result = run("init", "-t", "zen2-tb-stack")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "bh-container.yaml" in result.stderr and "configs are there already" in result.stderr
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_a_target_that_is_none(here: Path, run: Run) -> None:
    result = run("init", "-t", "rpi4-bb-mani")
    assert result.exit_code == 2
    assert "did you mean 'rpi4-bb-mini'" in result.stderr
    assert list(here.iterdir()) == []


def test_the_list(here: Path, run: Run) -> None:
    lines = run("init", "--list").stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [
        [word, name.partition(".")[0]] for name, word in SHIPPED
    ]
    found = [json.loads(line) for line in run("init", "--list", "--json").stdout.splitlines()]
    assert found == [{"target": word, "name": name} for name, word in SHIPPED]
    assert list(here.iterdir()) == []
