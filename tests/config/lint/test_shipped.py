"""What the project comes with has no mistake that lint can find."""

import shutil
from pathlib import Path

import pytest

from bh_container.config.lint.project import lint_host, lint_project, lint_target
from bh_container.config.project import Project
from tests.lab import targets

ROOT = Path(__file__).parents[3]
PROJECT = Project(ROOT)
LAB = sorted((ROOT / "tests/lab/configs").iterdir())


def test_the_whole_project() -> None:
    assert lint_project(PROJECT, PROJECT.target_directories()) == ()


@pytest.mark.parametrize("directory", LAB, ids=lambda path: path.name)
def test_the_targets_of_the_lab(tmp_path: Path, directory: Path) -> None:
    """The small one with the box that is only made when it is copied."""
    if directory == targets.SMALL:
        tuple_, _, name = directory.name.partition(".")
        directory = targets.add_small(tmp_path, tuple_, name)
    target, found = lint_target(directory)
    assert target is not None
    assert found == ()


@pytest.mark.parametrize("full_name", targets.SUBSTITUTED)
def test_a_shipped_target_as_the_lab_builds_it(tmp_path: Path, full_name: str) -> None:
    """What is substituted is really otherwise in the shipped one, and a mistake in neither."""
    shipped = PROJECT.configs / full_name
    for name, text in targets.SUBSTITUTED[full_name].items():
        file = shipped / name
        assert (file.read_text() if file.exists() else None) != text, name
    shutil.copytree(shipped, tmp_path / full_name, symlinks=True)
    targets.substitute(tmp_path, full_name)
    target, found = lint_target(tmp_path / full_name)
    assert target is not None
    assert found == ()


@pytest.mark.parametrize("directory", sorted(PROJECT.configs.glob("host-*")))
def test_every_host(directory: Path) -> None:
    host, found = lint_host(directory)
    assert host is not None
    assert found == ()
