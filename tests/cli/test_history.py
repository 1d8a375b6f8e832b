"""`bh-container history`, on the snapshots of builds with a fake engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from bh_container.engine.protocol import Container, ContainerSpec
from bh_container.run.shell import Shell
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


def test_looking_at_one(ids: list[str], run: Run, fake_engine: FakeEngine) -> None:
    lines = run("history", "mount", ids[0]).stdout.splitlines()
    places = {line.split()[0]: Path(line.split()[1]) for line in lines}
    assert places.keys() == {"host", BOX}
    assert places[BOX].is_dir()
    assert places[BOX].name == "sysroot"
    again = json.loads(run("history", "mount", ids[0], "--json").stdout)
    assert again["mounted"][BOX] == str(places[BOX])
    assert run("history", "umount", ids[0]).stdout == f"unmounted {ids[0]}\n"
    assert not places[BOX].exists()
    assert json.loads(run("history", "umount", ids[0], "--json").stdout)["unmounted"] is False
    assert fake_engine.containers() == ()


def test_removing_what_somebody_looks_at(ids: list[str], run: Run, fake_engine: FakeEngine) -> None:
    run("history", "mount", ids[0])
    assert run("history", "remove", ids[0]).exit_code == 0
    assert fake_engine.containers() == ()


def test_what_a_container_needs_is_not_removed(
    ids: list[str], run: Run, fake_engine: FakeEngine
) -> None:
    image = listed(run)[1]["parts"][SECOND]["image"]
    fake_engine.create_container(ContainerSpec(name="theirs", image=image))
    refused = run("history", "remove", "newest", "--force")
    assert refused.exit_code == 2
    assert "in use by theirs" in refused.stderr
    assert len(listed(run)) == 2


def test_mount_hist_mounts_and_builds_nothing(
    ids: list[str], run: Run, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew.revive()
    monkeypatch.setenv("MOUNT_HIST", "yes")
    result = run("build", "box", "--json", "--from", ids[0])
    assert json.loads(result.stdout)["id"] == ids[0]
    assert crew.ran == []


@pytest.mark.parametrize(("word", "mounts"), [("box", 2), ("host", 0)])
def test_a_shell_on_a_snapshot(
    ids: list[str],
    run: Run,
    crew: Crew,
    fake_engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    mounts: int,
) -> None:
    opened: list[Container] = []

    def open_shell(shell: Shell) -> int:
        opened.extend(box for box in fake_engine.containers() if box.name == shell.words[1])
        return 7

    monkeypatch.setattr("bh_container.cli.ask.open_shell", open_shell)
    monkeypatch.setattr(fake_engine, "answer", lambda _: 0)
    result = run("shell", word, "--snapshot", "newest")
    assert result.exit_code == 7, result.output
    assert [box.running for box in opened] == [True]
    assert fake_engine.containers() == ()
    created = [call for call in fake_engine.calls if call[0] == "create_container"]
    assert created[-1][1].startswith("bh-shell-")
    assert len([e for e in fake_engine.executions if e.command[0] == "ln"]) == mounts / 2


def test_a_shell_on_what_a_snapshot_has_not(ids: list[str], run: Run) -> None:
    result = run("shell", "second", "--snapshot", ids[0])
    assert result.exit_code == 2
    assert f"it has no {SECOND}" in result.stderr
