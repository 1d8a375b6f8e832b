"""`bh-container update`, with a real git repository and a fake engine."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.config.tree import write_tree
from tests.git import commit_all, new_repository
from tests.run.stage import BOX, Crew


@pytest.fixture
def overlay(project: Path, tmp_path: Path) -> Path:
    """A repository that the target box syncs."""
    tree = new_repository(tmp_path / "overlay")
    section = f"[guru]\nlocation = /var/db/repos/guru\nsync-type = git\nsync-uri = {tree}\n"
    write_tree(project / "configs" / BOX, {"target-portage/repos.conf": section})
    return tree


def test_nothing_new(project: Path, overlay: Path, crew: Crew, run: Run) -> None:
    commit_all(overlay)
    assert run("build", "box").exit_code == 0
    lock = (project / "bh-container.lock").read_text()
    crew.revive()
    result = run("update")
    assert result.exit_code == 0, result.output
    assert "lock| the lock is at what is newest" in result.stderr
    assert crew.ran == []
    assert (project / "bh-container.lock").read_text() == lock


def test_a_new_commit_is_shown_and_built(
    project: Path, overlay: Path, crew: Crew, run: Run
) -> None:
    old = commit_all(overlay)
    assert run("build", "box").exit_code == 0
    (overlay / "file").write_text("new")
    new = commit_all(overlay)
    crew.revive()
    assert run("build", "box").exit_code == 0
    assert crew.ran == []
    pretended = run("update", "--pretend")
    line = f"lock| {overlay}: {old[:12]} -> {new[:12]}"
    assert (pretended.exit_code, crew.ran) == (0, [])
    assert line in pretended.stderr
    assert old in (project / "bh-container.lock").read_text()
    result = run("update", "box")
    assert line in result.stderr
    assert {"repositories", "libc", "kernel"} <= set(crew.ran)
    assert new in (project / "bh-container.lock").read_text()
    assert Path(result.stdout.strip()).name.startswith(BOX)


def test_where_nothing_was_built_there_is_only_the_lock(
    project: Path, crew: Crew, run: Run
) -> None:
    result = run("update")
    assert (result.exit_code, result.stdout) == (0, "")
    assert crew.ran == []
    assert (project / "bh-container.lock").exists()


def test_another_seed_is_for_update_to_accept(project: Path, crew: Crew, run: Run) -> None:
    assert run("build", "box").exit_code == 0
    with (project / "stage3.tar").open("ab") as file:
        file.write(bytes(512))
    crew.revive()
    refused = run("build", "box")
    assert refused.exit_code == 2
    assert "bh-container update" in refused.stderr
    assert crew.ran == []
    assert run("update", "box").exit_code == 0
    assert "world" in crew.ran
