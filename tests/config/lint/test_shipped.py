"""What the project comes with has no mistake that lint can find."""

from pathlib import Path

import pytest

from bh_container.config.lint.project import lint_host, lint_project, lint_target
from bh_container.config.project import Project

ROOT = Path(__file__).parents[3]
PROJECT = Project(ROOT)
LAB = sorted((ROOT / "tests/lab/configs").iterdir())


def test_the_whole_project() -> None:
    assert lint_project(PROJECT, PROJECT.target_directories()) == ()


@pytest.mark.parametrize("directory", LAB, ids=lambda path: path.name)
def test_the_targets_of_the_lab(directory: Path) -> None:
    target, found = lint_target(directory)
    assert target is not None
    assert found == ()


@pytest.mark.parametrize("directory", sorted(PROJECT.configs.glob("host-*")))
def test_every_host(directory: Path) -> None:
    host, found = lint_host(directory)
    assert host is not None
    assert found == ()
