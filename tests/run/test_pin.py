"""The lock in a build and in an update, with real git repositories on this disk."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bh_container.config.host import load_host
from bh_container.config.pins import NO_PINS, Pins, SeedPin, read_pins, write_pins
from bh_container.config.target import Target
from bh_container.run import pin as pinning
from bh_container.run.pin import Needs, move, needs_of, pin
from bh_container.run.seeds import SeedMoved
from bh_container.run.update import built_targets, move_lock
from bh_container.seed.seed import Seed
from tests.config.tree import HOST, write_tree
from tests.git import commit_all, new_repository
from tests.run.stage import Stage

SEED = Seed(identity="lab-1", image="an id")
SECTION = """\
[{name}]
location = /var/db/repos/{name}
sync-type = {kind}
sync-uri = {uri}
auto-sync = yes
"""


@dataclass(slots=True, kw_only=True)
class Desk:
    """A stage whose host has ::gentoo from a repository on this disk."""

    stage: Stage
    tree: Path

    @property
    def lock(self) -> Path:
        return self.stage.project.lock

    def needs(self, kind: str = "git", *more: tuple[str, str, str], syncs: bool = True) -> Needs:
        """What a host needs that has ::gentoo of this kind, and these sections more."""
        sections = [("gentoo", kind, str(self.tree)), *more]
        text = "".join(SECTION.format(name=n, kind=k, uri=u) for n, k, u in sections)
        directory = write_tree(
            self.stage.project.configs / "host-git",
            {**HOST, "target-portage/make.profile": None, "target-portage/repos.conf": text},
        )
        profile = directory / "target-portage/make.profile"
        if not profile.is_symlink():
            profile.symlink_to("/nowhere")
        targets: tuple[Target, ...] = ()
        return needs_of(load_host(directory), targets, syncs=syncs)


@pytest.fixture
def desk(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(pinning, "newest_snapshot", lambda *_: "20260301")
    stage.settings = replace(stage.settings, seed="lab")
    return Desk(stage=stage, tree=new_repository(tmp_path / "tree"))


def test_the_first_build_writes_the_lock(desk: Desk) -> None:
    commit = commit_all(desk.tree)
    pins = pin(desk.stage.shop, SEED, desk.needs())
    assert pins.seed == SeedPin(source="lab", identity="lab-1")
    assert (pins.snapshot, pins.repositories) == ("20260301", {str(desk.tree): commit})
    assert read_pins(desk.lock) == pins


def test_later_builds_read_it_and_ask_nobody(desk: Desk) -> None:
    commit_all(desk.tree)
    pins = pin(desk.stage.shop, SEED, desk.needs())
    (desk.tree / "file").write_text("new")
    commit_all(desk.tree)
    written = desk.lock.stat().st_mtime_ns
    needs = desk.needs()
    desk.tree.rename(desk.tree.with_name("gone"))
    assert pin(desk.stage.shop, SEED, needs) == pins
    assert desk.lock.stat().st_mtime_ns == written


def test_a_repository_that_is_added_is_pinned_beside_the_others(desk: Desk, tmp_path: Path) -> None:
    first = commit_all(desk.tree)
    pin(desk.stage.shop, SEED, desk.needs())
    other = new_repository(tmp_path / "other")
    added = commit_all(other)
    (desk.tree / "file").write_text("new")
    commit_all(desk.tree)
    pins = pin(desk.stage.shop, SEED, desk.needs("git", ("guru", "git", str(other))))
    assert pins.repositories == {str(desk.tree): first, str(other): added}


OTHER = Seed(identity="lab-2", image="x")


@pytest.mark.parametrize(
    ("before", "after"),
    [("an/image:1", "an/image:1"), ("an/image:1", "lab"), ("lab", "an/image:1")],
)
def test_another_seed_than_the_locks_is_refused(desk: Desk, before: str, after: str) -> None:
    commit_all(desk.tree)
    desk.stage.settings = replace(desk.stage.settings, seed=before)
    pin(desk.stage.shop, SEED, desk.needs())
    desk.stage.settings = replace(desk.stage.settings, seed=after)
    with pytest.raises(SeedMoved) as caught:
        pin(desk.stage.shop, OTHER, desk.needs())
    words = f"{desk.lock}: the seed is {before} lab-1, and the one that is"
    assert str(caught.value).startswith(words)
    assert "bh-container update" in str(caught.value)


def test_the_lock_follows_the_recipe_of_the_lab_alone(desk: Desk) -> None:
    old = commit_all(desk.tree)
    pin(desk.stage.shop, SEED, desk.needs())
    (desk.tree / "file").write_text("new")
    commit_all(desk.tree)
    pins = pin(desk.stage.shop, OTHER, desk.needs())
    assert pins.seed == SeedPin(source="lab", identity="lab-2")
    assert pins.repositories == {str(desk.tree): old}
    assert read_pins(desk.lock) == pins
    assert "the lock follows" in str(desk.stage.events[-1])


def test_a_tarball_is_known_by_its_name_alone(desk: Desk) -> None:
    commit_all(desk.tree)
    archive = desk.stage.project.root / "stage3.tar.xz"
    archive.touch()
    desk.stage.settings = replace(desk.stage.settings, seed=str(archive))
    pins = pin(desk.stage.shop, SEED, desk.needs())
    assert pins.seed == SeedPin(source="stage3.tar.xz", identity="lab-1")


def test_where_nothing_is_synced_only_the_seed_is_pinned(desk: Desk) -> None:
    host = write_tree(desk.stage.project.configs / "plain", HOST)
    needs = needs_of(load_host(host), (), syncs=False)
    pins = pin(desk.stage.shop, SEED, needs)
    assert (pins.snapshot, pins.repositories) == (None, {})


def test_an_update_tells_what_changes_and_then_writes_it(desk: Desk) -> None:
    old = commit_all(desk.tree)
    before = pin(desk.stage.shop, SEED, desk.needs())
    (desk.tree / "file").write_text("new")
    new = commit_all(desk.tree)
    forward = move(desk.stage.shop, SEED, desk.needs())
    assert forward.changes == (f"{desk.tree}: {old[:12]} -> {new[:12]}",)
    assert read_pins(desk.lock) == before
    move_lock(desk.stage.shop, forward)
    assert read_pins(desk.lock) == forward.pins
    assert forward.pins.repositories == {str(desk.tree): new}


def test_an_update_with_nothing_new_writes_nothing(desk: Desk) -> None:
    commit_all(desk.tree)
    pins = pin(desk.stage.shop, SEED, desk.needs())
    forward = move(desk.stage.shop, SEED, desk.needs())
    assert (forward.changes, forward.pins) == ((), pins)
    desk.lock.unlink()
    move_lock(desk.stage.shop, forward)
    assert not desk.lock.exists()


def test_an_update_before_the_first_build_makes_the_lock(desk: Desk) -> None:
    commit_all(desk.tree)
    forward = move(desk.stage.shop, SEED, desk.needs())
    assert forward.changes[0] == "seed: not there -> lab lab-1"
    assert forward.pins != NO_PINS


def test_the_snapshot_that_git_replaces_moves_with_the_seed_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_all(desk.tree)
    pin(desk.stage.shop, SEED, desk.needs())
    monkeypatch.setattr(pinning, "newest_snapshot", lambda *_: "20260401")
    assert move(desk.stage.shop, SEED, desk.needs()).changes == ()
    other = move(desk.stage.shop, replace(SEED, identity="lab-2"), desk.needs())
    assert other.changes == ("seed: lab lab-1 -> lab lab-2", "snapshot: 20260301 -> 20260401")
    rsync = move(desk.stage.shop, SEED, desk.needs("rsync"))
    assert rsync.changes == ("snapshot: 20260301 -> 20260401",)


def test_what_only_the_day_pins_is_new_with_every_update(desk: Desk) -> None:
    commit_all(desk.tree)
    needs = desk.needs("git", ("old", "rsync", "rsync://example.org/old"))
    pin(desk.stage.shop, SEED, needs)
    forward = move(desk.stage.shop, SEED, needs)
    assert forward.changes == ("repositories that are not git: as they are now",)


def test_repositories_of_targets_that_are_not_built_now_stay(desk: Desk) -> None:
    commit = commit_all(desk.tree)
    known = Pins(
        seed=SeedPin(source="lab", identity="lab-1"),
        snapshot="20260301",
        repositories={"https://example.org/other.git": "a" * 40, str(desk.tree): commit},
    )
    write_pins(desk.lock, known)
    assert move(desk.stage.shop, SEED, desk.needs()).changes == ()


def test_the_targets_that_were_built_before(desk: Desk) -> None:
    target = desk.stage.target()
    assert built_targets(desk.stage.project) == []
    journal = desk.stage.project.journal_file(target.full_name)
    journal.parent.mkdir(parents=True)
    journal.touch()
    assert built_targets(desk.stage.project) == [target.full_name]
