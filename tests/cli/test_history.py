"""`bh-container history`, on the snapshots of builds with a fake engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SECOND, Run
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Crew


@pytest.fixture
def ids(project: Path, crew: Crew, run: Run) -> list[str]:
    """Two snapshots: of one target, and of both."""
    for target in ("box", "second"):
        assert run("build", target).exit_code == 0
    return [snapshot["id"] for snapshot in listed(run)]


def listed(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("history", "list", "--json").stdout.splitlines()]


def test_the_list(ids: list[str], run: Run) -> None:
    head, first, second = run("history", "list").stdout.splitlines()
    assert head.split()[0] == "SNAPSHOT"
    assert (first.split()[0], first.split()[-1]) == (ids[0], BOX)
    assert (second.split()[0], second.split()[-2:]) == (ids[1], [BOX, SECOND])


def test_one_of_them(ids: list[str], run: Run) -> None:
    shown = run("history", "show").stdout
    assert shown.startswith(f"snapshot {ids[1]}, on {ids[0]}\n")
    assert all(unit in shown for unit in ("host", BOX, SECOND))
    manifest = json.loads(run("history", "show", ids[0], "--json").stdout)
    assert (manifest["id"], sorted(manifest["parts"])) == (ids[0], [BOX, "host"])


def test_tags(ids: list[str], run: Run) -> None:
    assert run("history", "tag", ids[0], "good").stdout == f"{ids[0]}: good\n"
    assert [snapshot["tags"] for snapshot in listed(run)] == [["good"], []]
    assert run("history", "show", "good").stdout.startswith(f"snapshot {ids[0]}")
    assert "has the tag good" in run("history", "remove", ids[0]).stderr
    assert json.loads(run("history", "tag", "good", "good", "--remove", "--json").stdout)["id"]
    assert listed(run)[0]["tags"] == []


@pytest.mark.parametrize("tag", ["", "1", "none", "newest", "last", "a b", "a/b"])
def test_what_is_no_tag(ids: list[str], run: Run, tag: str) -> None:
    result = run("history", "tag", "newest", tag)
    assert result.exit_code == 2
    assert "is no tag" in result.stderr


def test_removing(ids: list[str], run: Run, project: Path, fake_engine: FakeEngine) -> None:
    assert run("history", "remove", ids[0]).stdout == f"removed {ids[0]}\n"
    assert [snapshot["id"] for snapshot in listed(run)] == [ids[1]]
    refused = run("history", "remove", "newest")
    assert refused.exit_code == 2
    assert "the next build of" in refused.stderr
    image = listed(run)[0]["parts"][SECOND]["image"]
    assert fake_engine.image(image)
    removed = run("history", "remove", "newest", "--force", "--json")
    assert json.loads(removed.stdout) == {"id": ids[1], "removed": True}
    assert fake_engine.image(image) is None


def test_a_removal_that_was_killed_is_finished_by_the_same_command(
    ids: list[str], run: Run, project: Path
) -> None:
    (project / "history" / ids[0]).rename(project / "history" / f".removing.{ids[0]}")
    assert run("history", "remove", ids[0]).stdout == f"removed {ids[0]}\n"
    assert [path.name for path in (project / "history").iterdir()] == [ids[1]]


def test_building_from_a_snapshot(ids: list[str], run: Run, crew: Crew) -> None:
    crew.revive()
    assert run("build", "box", "--from", ids[0]).exit_code == 0
    assert crew.ran == []
    missing = run("build", "box", "--from", "1999")
    assert missing.exit_code == 2
    assert "there is no snapshot '1999'" in missing.stderr
