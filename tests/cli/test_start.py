"""What a command imports before it does anything: that is how long it takes to start."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.processes import CHECKOUT
from tests.conftest import cannot

HEAVY = (
    "podman",
    "requests",
    "urllib3",
    "pytest",
    "testinfra",
    "pexpect",
    "tqdm",
    "rich",
    "pydantic",
)
DOING = tuple(
    f"bh_container.{part}" for part in ("run", "engine", "history", "output", "seed", "ui", "steps")
)
NEEDLESS = {
    ("--help",): (*HEAVY, *DOING, "bh_container.plan", "yaml"),
    ("logs", "--help"): (*HEAVY, *DOING, "bh_container.plan", "yaml"),
    ("build", "--help"): (*HEAVY, *DOING, "bh_container.plan", "yaml"),
    ("list",): (*HEAVY, *DOING, "bh_container.plan"),
    ("settings", "show"): (*HEAVY, *DOING, "bh_container.plan"),
    ("lint",): (*HEAVY, *DOING),
    ("plan", "--offline"): HEAVY,
}
"""Commands, and what none of them may import."""


def imported(words: tuple[str, ...], project: Path) -> set[str]:
    """The modules that a command imports, `bh_container.PART` by their parts."""
    command = [sys.executable, "-X", "importtime", "-m", "bh_container", *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line]
    return {
        ".".join(name.split(".")[: 2 if name.startswith("bh_container") else 1]) for name in names
    }


@pytest.fixture(autouse=True, scope="module")
def typer() -> None:
    """What the project asks for, as script/bootstrap installs it."""
    if tuple(map(int, version("typer").split(".")[:2])) >= (0, 29):
        cannot("Typer is newer than pyproject.toml has it; script/bootstrap mends that")


@pytest.mark.parametrize("words", NEEDLESS, ids=" ".join)
def test_nothing_is_imported_that_is_not_needed(project: Path, words: tuple[str, ...]) -> None:
    found = imported(words, project)
    assert {"bh_container.cli", "typer"} <= found
    assert found.isdisjoint(NEEDLESS[words]), found & {*NEEDLESS[words]}


def test_a_build_does_import_them(project: Path) -> None:
    """So the names above are those that would be found."""
    code = "import bh_container.cli.workshop, bh_container.run.build, bh_container.output.boot"
    command = [sys.executable, "-X", "importtime", "-c", code]
    text = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stderr
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in text.splitlines()}
    assert {"podman", "requests", "urllib3", "pexpect"} <= names
