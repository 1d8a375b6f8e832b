"""The tool from a wheel, in an environment of its own, with no checkout at hand."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.processes import CHECKOUT
from tests.cli.test_settings import DOCS
from tests.conftest import cannot
from tests.run.test_create import tree

Command = Callable[..., subprocess.CompletedProcess[str]]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bin/` of a new environment: the wheel is in it, its dependencies are those of the tests."""
    if find_spec("hatchling") is None:
        cannot("hatchling is not installed here; script/bootstrap does it")
    place = tmp_path_factory.mktemp("wheel")
    offline = ["--no-index", "--no-deps"]
    build = [*PIP, "wheel", *offline, "--no-build-isolation", f"--wheel-dir={place}", str(CHECKOUT)]
    subprocess.run(build, check=True, cwd=place)
    (wheel,) = place.glob("bh_container-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "env"], check=True)
    python = place / "env/bin/python"
    subprocess.run([*PIP, "--python", str(python), "install", *offline, str(wheel)], check=True)
    (library,) = (place / "env").glob("lib/python3*/site-packages")
    (library / "dependencies.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    return place / "env/bin"


@pytest.fixture
def command(installed: Path, tmp_path: Path) -> Command:
    """The command, started in a directory without a project."""
    environment = {"PATH": f"{installed}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed / "bh-container", *words],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    words = [f"{installed}/python", "-c", "import bh_container; print(bh_container.__file__)"]
    found = subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert Path(found.strip()).is_relative_to(installed.parent)


def test_a_project_from_nothing(command: Command, tmp_path: Path) -> None:
    made = command("init", "boards")
    assert (made.returncode, made.stdout) == (0, f"{tmp_path}/boards\n"), made.stderr
    words = ("--directory", "boards")
    lint = command("lint", *words)
    assert (lint.returncode, lint.stderr) == (0, "no mistake found\n"), lint.stdout
    plan = command("plan", "--json", "--offline", *words)
    assert plan.returncode == 0, plan.stderr
    assert [json.loads(line)["unit"] for line in plan.stdout.splitlines()] == [
        "host",
        "aarch64-unknown-linux-musl.rpi4-bb-mini",
    ]
    shown = command("settings", "show", *words)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert command("status", *words).returncode == 0
    assert command("show", "rpi4-bb-mini", *words).returncode == 0


def test_a_look_at_the_machine(command: Command, tmp_path: Path) -> None:
    found = command("doctor", "--offline", "--json", "--url", f"unix://{tmp_path}/none.sock")
    assert (found.returncode, "Traceback" in found.stderr) == (2, False)
    assert {json.loads(line)["grade"] for line in found.stdout.splitlines()} > {"failure"}


def test_its_projects_are_those_of_the_checkout(command: Command, tmp_path: Path) -> None:
    words = [
        json.loads(line)["target"]
        for line in command("init", "--list", "--json").stdout.splitlines()
    ]
    assert len(words) >= 9
    assert command("init", "all", *(f"--target={word}" for word in words)).returncode == 0
    assert tree(tmp_path / "all/configs") == tree(CHECKOUT / "configs")
    programs = [
        path
        for path in (CHECKOUT / "configs").rglob("*")
        if path.is_file() and os.access(path, os.X_OK)
    ]
    assert programs
    for path in programs:
        assert os.access(tmp_path / "all" / path.relative_to(CHECKOUT), os.X_OK), path


def test_its_lab_recipe_is_that_of_the_checkout(installed: Path) -> None:
    (found,) = installed.parent.glob(
        "lib/python3*/site-packages/bh_container/shipped/containerfiles"
    )
    assert tree(found) == tree(CHECKOUT / "containerfiles")
    for path in (CHECKOUT / "containerfiles").rglob("*.sh"):
        copy = found / path.relative_to(CHECKOUT / "containerfiles")
        assert os.access(copy, os.X_OK) == os.access(path, os.X_OK), path


def test_the_page_of_settings(command: Command) -> None:
    assert command("settings", "reference").stdout == (DOCS / "settings.md").read_text()
    assert json.loads(command("settings", "schema").stdout)["title"] == "bh-container.yaml"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(installed: Path, shell: str) -> None:
    """What a shell reads to know how to ask."""
    environment = {"PATH": os.environ["PATH"], "_BH_CONTAINER_COMPLETE": f"source_{shell}"}
    command = [installed / "bh-container"]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert found.stderr == ""
    assert f"_BH_CONTAINER_COMPLETE=complete_{shell}" in found.stdout


def test_the_steps_are_in_it(installed: Path) -> None:
    (found,) = installed.parent.glob("lib/python3*/site-packages/bh_container/steps")
    scripts = {str(path.relative_to(found)) for path in found.rglob("*.sh")}
    source = CHECKOUT / "bh_container/steps"
    assert scripts == {str(path.relative_to(source)) for path in source.rglob("*.sh")}


def test_the_manual_pages_are_in_it(installed: Path) -> None:
    assert tree(installed.parent / "share/man/man1") == tree(DOCS / "man")
