"""`repositories.sh` with a real git, on directories of this machine."""

import os
import subprocess
from pathlib import Path

import pytest

from bh_container import steps
from tests.git import commit_all, git, new_repository


def sync(location: Path, uri: Path, commit: str, key: str = "") -> subprocess.CompletedProcess[str]:
    checkouts = f"{location}|file://{uri}|{commit}|{key}"
    return subprocess.run(
        ["bash", str(steps.DIRECTORY / "repositories.sh")],
        env={**os.environ, "BH_CHECKOUTS": checkouts, "BH_SYNCED": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "tree")


@pytest.fixture
def location(tmp_path: Path) -> Path:
    """What a snapshot has left there."""
    (tmp_path / "gentoo/gone").mkdir(parents=True)
    (tmp_path / "gentoo/gone/ebuild").write_text("")
    (tmp_path / "gentoo/file").write_text("from the snapshot")
    return tmp_path / "gentoo"


def test_forward_and_back_again(tree: Path, location: Path) -> None:
    first = commit_all(tree)
    (tree / "file").write_text("new")
    second = commit_all(tree)
    for commit, text in ((second, "new"), (first, "old"), (first, "old"), (second, "new")):
        done = sync(location, tree, commit)
        assert done.returncode == 0, done.stderr
        assert (location / "file").read_text() == text
        assert git(location, "rev-parse", "HEAD") == commit
        assert sorted(path.name for path in location.iterdir()) == [".git", "file"]


def test_a_server_that_hands_out_branches_alone(tree: Path, location: Path) -> None:
    first = commit_all(tree)
    (tree / "file").write_text("new")
    commit_all(tree)
    git(tree, "config", "protocol.version", "0")
    assert sync(location, tree, first).returncode == 0
    assert (location / "file").read_text() == "old"


def test_a_commit_that_is_nowhere_leaves_what_was_there(tree: Path, location: Path) -> None:
    assert sync(location, tree, commit_all(tree)).returncode == 0
    assert sync(location, tree, "d" * 40).returncode != 0
    assert (location / "file").read_text() == "old"


def test_what_must_be_signed_and_is_not_is_refused(tree: Path, location: Path) -> None:
    done = sync(location, tree, commit_all(tree), key="-")
    assert done.returncode != 0
    assert (location / "file").read_text() == "from the snapshot"
