"""What is synced, and at what."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from bh_container.config.pins import Pins
from bh_container.config.problems import Report
from bh_container.config.repositories import Repository, read_repos_conf
from bh_container.plan.sync import recipes, source, sync_of, sync_of_target
from tests.config.tree import write_tree

COMMIT = "c" * 40
GENTOO = """\
[gentoo]
location = /var/db/repos/gentoo
sync-type = git
sync-uri = https://example.org/gentoo.git
"""
OTHERS = """\
[guru]
location = /var/db/repos/guru
sync-type = git
sync-uri = https://example.org/guru.git
sync-git-clone-extra-opts = --single-branch --branch dev
sync-git-verify-commit-signature = true
sync-openpgp-key-path = /usr/share/keys.asc
[old]
location = /var/db/repos/old
sync-type = rsync
sync-uri = rsync://example.org/old
[mine]
location = /var/db/repos/mine
[crossdev]
location = /var/db/repos/crossdev
auto-sync = no
"""
PINS = Pins(
    snapshot="20261128",
    synced="then",
    repositories={
        "https://example.org/gentoo.git": COMMIT,
        "https://example.org/guru.git#dev": COMMIT,
    },
)


def read(directory: Path, text: str) -> tuple[Repository, ...]:
    report = Report()
    found = read_repos_conf(write_tree(directory, {"target-portage/repos.conf": text}), report)
    assert report.problems == []
    return found


def names(repositories: Iterable[Repository]) -> list[str]:
    return [one.name for one in repositories]


@pytest.mark.parametrize(
    ("text", "default", "main", "git", "others"),
    [
        ("", True, True, [], []),
        ("", False, False, [], []),
        (GENTOO, True, True, ["gentoo"], []),
        (GENTOO, False, False, [], []),
        (GENTOO + "auto-sync = yes\n", False, True, ["gentoo"], []),
        (GENTOO + "auto-sync = no\n", True, False, [], []),
        (GENTOO.replace("git\n", "rsync\n"), True, True, [], []),
        (GENTOO + OTHERS, True, True, ["gentoo", "guru"], ["old"]),
    ],
)
def test_what_is_synced(
    tmp_path: Path, text: str, default: bool, main: bool, git: list[str], others: list[str]
) -> None:
    synced = sync_of(read(tmp_path, text), default=default)
    assert (synced.main, names(synced.git), names(synced.others)) == (main, git, others)
    assert synced.main_is_git == ("gentoo" in git)


def test_a_target_leaves_gentoo_to_the_host(tmp_path: Path) -> None:
    assert names(sync_of_target(read(tmp_path, GENTOO + OTHERS)).all) == ["guru", "old"]


def test_the_branch_is_part_of_the_source(tmp_path: Path) -> None:
    gentoo, guru, *_ = read(tmp_path, GENTOO + OTHERS)
    assert source(gentoo) == "https://example.org/gentoo.git"
    assert source(guru) == "https://example.org/guru.git#dev"


def test_the_steps(tmp_path: Path) -> None:
    synced = sync_of(read(tmp_path, GENTOO + OTHERS), default=True)
    snapshot, git, repositories = recipes(synced, PINS, {}, {}, git={"native": "sse2"})
    assert (snapshot.name, snapshot.environment) == ("snapshot", {"BH_DAY": "20261128"})
    assert (git.name, git.reads) == ("git", {"native": "sse2"})
    assert repositories.environment == {
        "BH_CHECKOUTS": f"/var/db/repos/gentoo|https://example.org/gentoo.git|{COMMIT}| "
        f"/var/db/repos/guru|https://example.org/guru.git|{COMMIT}|/usr/share/keys.asc",
        "BH_SYNCED": "old",
    }
    assert repositories.reads == {"when the lock moved": "then"}


def test_where_all_is_pinned_the_time_says_nothing(tmp_path: Path) -> None:
    synced = sync_of(read(tmp_path, GENTOO), default=True)
    *_, repositories = recipes(synced, PINS, {}, {}, git={})
    assert repositories.reads == {}


def test_where_nothing_is_synced_there_is_one_step(tmp_path: Path) -> None:
    (only,) = recipes(sync_of(read(tmp_path, GENTOO), default=False), PINS, {}, {}, git={})
    assert only.environment == {"BH_CHECKOUTS": "", "BH_SYNCED": ""}
