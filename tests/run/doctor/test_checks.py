"""What is said of a machine: one thing wrong at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bh_container.config.settings import resolve
from bh_container.engine.host import Cgroups, HardLimits
from bh_container.run.doctor.examine import CHECKS, examine
from bh_container.run.doctor.facts import Facts, Memory, Refusal, Room, Trial
from bh_container.run.doctor.finding import Grade
from tests.run.doctor.machine import CPUS, GIB, WELL

BAD = Refusal(what="it is broken", remedy="mend --it")
MIRRORS = {"https://a": "Timeout", "https://b": "ConnectionError"}
ROOTLESS = {"account": {"number": 7}, "podman": {"rootless": True}}


def settings(**values: object) -> dict[str, Any]:
    return {"settings": resolve({"jobs": 4, **values}, {}, None)}


def room(**values: Any) -> dict[str, Any]:
    usual = {"what": "sources", "place": Path("/d"), "free": 9 * GIB, "needed": 0}
    return {"rooms": (Room(**{**usual, **values}),)}


def broken(changes: Mapping[str, Any]) -> Facts:
    """The machine with these fields replaced; a mapping replaces fields of the field."""
    values = {
        name: replace(getattr(WELL, name), **value)
        if isinstance(value, dict) and name not in ("mirrors", "settings")
        else value
        for name, value in changes.items()
    }
    return replace(WELL, **values)


@dataclass(frozen=True, slots=True)
class Case:
    """What is changed about the machine; the check, the grade, and words of finding and remedy."""

    changes: Mapping[str, Any]
    check: str
    grade: Grade
    what: str
    remedy: str


W, F = Grade.WARNING, Grade.FAILURE
APT = "apt-get install"
CASES = (
    Case({"podman": None, "refusal": BAD}, "podman", F, "it is broken", "mend --it"),
    Case({"podman": {"version": "3.4.4"}}, "podman", F, "3.4.4 is older than 4.0", f"{APT} podman"),
    Case({"podman": {"version": "4.1.0", "client": "4.1.0"}}, "podman", W, "older than 4.3", APT),
    Case({"podman": {"client": None}}, "podman", W, "no program podman", f"{APT} podman"),
    Case({"podman": {"client": "4.3.1"}}, "podman", W, "is 4.3.1, and the", "CONTAINER_HOST"),
    Case({"host": {"cgroups": Cgroups.HYBRID}}, "runtime", F, "crun starts no", f"{APT} runc"),
    Case(
        {"host": {"cgroups": Cgroups.LEGACY}},
        "cgroups",
        W,
        "are legacy",
        "unified_cgroup_hierarchy",
    ),
    Case(
        {"host": {"limits": HardLimits(open_files=1024, processes=10**6)}},
        "ulimits",
        W,
        "may have 1024 open files",
        "sudo prlimit --pid $$ --nofile=4096:4096",
    ),
    Case(
        {"host": {"limits": HardLimits(open_files=10**6, processes=500)}},
        "ulimits",
        W,
        "may have 500 processes",
        "--nproc=4096:4096",
    ),
    Case(
        {"podman": {"driver": "vfs"}},
        "storage",
        F,
        "storage driver is vfs",
        "printf '%s\\n' '[storage]' 'driver = \"overlay\"' 'graphroot = "
        '"/var/lib/containers/storage-overlay"\' \'runroot = "/run/containers/storage"\' | '
        "tee /etc/containers/storage.conf",
    ),
    Case({"podman": {"backing": "nfs"}}, "storage", F, "is on nfs", "graphroot ="),
    Case({"podman": {"backing": "tmpfs"}}, "storage", W, "is in memory", "graphroot ="),
    Case({"podman": {"native": False}}, "storage", W, "one by one", "redirect_dir=off"),
    Case(
        {"podman": {"native": False, "mounter": "/usr/bin/fuse-overlayfs"}},
        "storage",
        W,
        "/usr/bin/fuse-overlayfs mounts",
        "/usr/share/containers/storage.conf",
    ),
    Case({"trial": Trial(started=BAD)}, "container", F, "it is broken", "mend --it"),
    Case({"trial": Trial(seen=BAD)}, "container", F, "it is broken", "mend --it"),
    Case({"trial": Trial(overlaid=BAD)}, "container", F, "it is broken", "mend --it"),
    Case(
        {**ROOTLESS, "trial": Trial(seen=BAD)},
        "container",
        F,
        "without root",
        "podman unshare bh-container build",
    ),
    Case(
        {**ROOTLESS, "account": {"number": 7, "users": 0}},
        "rootless",
        F,
        "/etc/subuid gives ann 0 ids",
        "sudo usermod --add-subuids 100000-165535 ann",
    ),
    Case(
        {**ROOTLESS, "account": {"number": 7, "groups": 1000}},
        "rootless",
        F,
        "/etc/subgid",
        "--add-subgids",
    ),
    Case(
        {**ROOTLESS, "programs": WELL.programs - {"newuidmap"}},
        "rootless",
        F,
        "newuidmap is missing",
        f"sudo {APT} uidmap",
    ),
    Case(
        {**ROOTLESS, "account": {"number": 7, "runtime_directory": None}},
        "rootless",
        W,
        "XDG_RUNTIME_DIR",
        "enable-linger ann",
    ),
    Case(
        {**ROOTLESS, "kernel": {"sysctls": {"user.max_user_namespaces": 0}}},
        "rootless",
        F,
        "user.max_user_namespaces is 0",
        "sysctl --write user.max_user_namespaces=28633",
    ),
    Case(
        {**ROOTLESS, "kernel": {"sysctls": {"kernel.unprivileged_userns_clone": 0}}},
        "rootless",
        F,
        "kernel.unprivileged_userns_clone is 0",
        "sysctl --write kernel.unprivileged_userns_clone=1",
    ),
    Case(
        {**ROOTLESS, "kernel": {"sysctls": {"kernel.apparmor_restrict_unprivileged_userns": 1}}},
        "rootless",
        W,
        "without an AppArmor profile",
        "=0",
    ),
    Case(
        {**ROOTLESS, "host": {"cgroups": Cgroups.LEGACY}},
        "rootless",
        W,
        "need version 2",
        "unified",
    ),
    Case(room(free=1 << 20), "disk", F, "/d (sources): 0.0 GiB", "bh-container gc"),
    Case(room(needed=10 * GIB), "disk", W, "9.0 GiB are free, and targets", "bh-container gc"),
    Case(room(files=2000), "disk", W, "2000 more files", "bh-container gc"),
    Case(
        settings(mnt_type="tmpfs", mnt_opts="size=61G"), "memory", W, "is 61.0 GiB, and", "smaller"
    ),
    Case(
        {"memory": Memory(total=64 * GIB, available=60 * GIB, needed=61 * GIB)},
        "memory",
        W,
        "60.0 GiB of memory and swap are free, and targets that were built here would take 61.0",
        "--jobs",
    ),
    Case({"memory": Memory(total=5 * GIB, available=GIB)}, "compilers", W, "8.0 GiB", "JOBS=2"),
    Case({"kernel": {"filesystems": frozenset()}}, "kernel", F, "no overlay", "CONFIG_OVERLAY_FS"),
    Case(
        {"kernel": {"filesystems": frozenset({"squashfs"}), "modules": frozenset({"overlay"})}},
        "kernel",
        W,
        "overlay is a module that is not loaded",
        "modprobe overlay",
    ),
    Case({"kernel": {"devices": frozenset()}}, "kernel", W, "no loop", "CONFIG_BLK_DEV_LOOP"),
    Case({"programs": WELL.programs - {"gpg"}}, "programs", F, "gpg: missing", f"{APT} gpg"),
    Case({"programs": WELL.programs - {"gpg"}, "built": True}, "programs", W, "gpg", f"{APT} gpg"),
    Case(
        {"programs": WELL.programs - {"mmd", "mcopy"}},
        "programs",
        W,
        "mmd, mcopy: missing, for boot",
        f"{APT} mtools",
    ),
    Case({"programs": WELL.programs - {"tmux"}}, "programs", W, "tmux: missing", f"{APT} tmux"),
    Case(
        {"programs": WELL.programs - {"tmux"}, **settings(tmux=True)}, "programs", F, "tmux", "tmux"
    ),
    Case(
        {"programs": WELL.programs - {"mmdebstrap"}, **settings(seed="lab")},
        "programs",
        F,
        "mmdebstrap: missing",
        "mmdebstrap",
    ),
    Case(
        {"programs": WELL.programs - {"qemu-system-aarch64"}},
        "qemu",
        W,
        "qemu-system-aarch64: missing, for boot",
        "qemu-system-arm",
    ),
    Case(
        {"programs": WELL.programs - {"qemu-aarch64-static", "qemu-aarch64"}},
        "qemu",
        W,
        "qemu-aarch64-static: missing, for check",
        "qemu-user-static",
    ),
    Case(
        {"mirrors": MIRRORS, **settings(tarball_mirror=("https://a", "https://b"))},
        "network",
        F,
        "https://a does not answer (Timeout)",
        "correct tarball_mirror (TARBALL_MIRROR)",
    ),
    Case(
        {"mirrors": MIRRORS, "built": True, **settings(tarball_mirror=("https://a", "https://b"))},
        "network",
        W,
        "https://a does not answer",
        "TARBALL_MIRROR",
    ),
    Case(
        {"mirrors": MIRRORS | {"https://a": None}, **settings(tarball_mirror=("https://a",))},
        "network",
        W,
        "https://b does not answer (ConnectionError)",
        "correct gentoo_mirrors (GENTOO_MIRRORS)",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.grade}")
def test_what_is_wrong_is_found_with_a_remedy(case: Case) -> None:
    found = [
        (check.name, finding)
        for check, finding in examine(broken(case.changes))
        if finding.grade is not Grade.OK
    ]
    assert case.check in {name for name, _ in found}
    worst = next(
        (one for name, one in found if name == case.check and case.what in one.what), found[0][1]
    )
    assert worst.grade is case.grade
    assert case.what in worst.what
    assert worst.remedy is not None and case.remedy in worst.remedy
    others = {name for name, one in found if one.grade is Grade.FAILURE} - {case.check}
    assert not others


def test_nothing_is_wrong_with_a_good_machine() -> None:
    found = list(examine(WELL))
    assert [finding for _, finding in found if finding.grade is not Grade.OK] == []
    assert all(finding.remedy is None for _, finding in found)


def test_a_share_of_all_memory_is_a_size() -> None:
    plenty = {"memory": Memory(total=1 << 60, available=1 << 60)}
    facts = broken({**plenty, **settings(mnt_type="tmpfs", mnt_opts="size=100%")})
    assert {one.grade for check, one in examine(facts) if check.name == "memory"} == {Grade.OK}


def test_every_check_is_in_the_table_of_mistakes() -> None:
    assert {case.check for case in CASES} == {check.name for check in CHECKS}


def test_a_build_looks_at_what_is_quick_and_stops_it() -> None:
    facts = broken({"programs": frozenset(), "podman": {"driver": "vfs"}})
    found = [check.name for check, one in examine(facts, early=True) if one.grade is Grade.FAILURE]
    assert found == ["storage"]


@pytest.mark.parametrize(
    ("version", "words", "not_of"),
    [
        ("4.3.1", "Podman 4.3.1", "imports no xz"),
        ("5.4.2", "other than Podman 4, it imports no xz, zstd or bzip2", "Podman 4.3"),
        ("5.0.0-rc1", "other than Podman 4, it imports no xz, zstd or bzip2", "Podman 4.3"),
    ],
)
def test_two_podmans_are_told_apart(version: str, words: str, not_of: str) -> None:
    facts = broken({"podman": {"version": version, "client": version}})
    told = "\n".join(one.what for check, one in examine(facts) if check.name == "podman")
    assert f"Podman {version}" in told
    assert words in told
    assert not_of not in told


@pytest.mark.parametrize(
    ("words", "user", "remedy"),
    [
        ({"debian", "ubuntu"}, 0, "apt-get install tmux"),
        ({"debian"}, 7, "sudo apt-get install tmux"),
        ({"gentoo"}, 0, "emerge app-misc/tmux"),
        ({"fedora"}, 0, "Debian: apt-get install tmux; Gentoo: emerge app-misc/tmux"),
    ],
)
def test_a_package_is_installed_as_the_distribution_does(
    words: set[str], user: int, remedy: str
) -> None:
    facts = broken(
        {
            "distribution": frozenset(words),
            "account": {"number": user},
            "programs": WELL.programs - {"tmux"},
        }
    )
    found = [one.remedy for _, one in examine(facts) if one.what.startswith("tmux")]
    assert found == [remedy]


def test_crun_where_it_starts_nothing_does_no_harm_beside_runc() -> None:
    facts = broken({"host": {"cgroups": Cgroups.HYBRID}, "podman": {"runtime": "runc"}})
    (found,) = [one for check, one in examine(facts) if check.name == "runtime"]
    assert found.grade is Grade.OK
    assert found.what == "runc; crun would start nothing where cgroups are hybrid"


def test_ids_are_those_that_podman_has() -> None:
    podman = {"rootless": True, "mapped": 65_537}
    facts = broken({"account": {"number": 7, "users": 0, "groups": 0}, "podman": podman})
    found = [one for check, one in examine(facts) if check.name == "rootless"]
    assert {one.grade for one in found} == {Grade.OK}
    assert "65537 users and groups" in [one.what for one in found]


def test_a_target_that_no_machine_boots_is_no_mistake() -> None:
    facts = broken({"cpus": CPUS | {"sparc"}, "programs": WELL.programs | {"qemu-sparc-static"}})
    assert {one.grade for check, one in examine(facts) if check.name == "qemu"} == {Grade.OK}
