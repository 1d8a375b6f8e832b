"""What follows from what a machine looks like."""

import resource
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.engine.host import (
    Cgroups,
    HardLimits,
    HostFacts,
    cgroups_of,
    choose_runtime,
    choose_ulimits,
    gather_facts,
    limits_in,
    runtime_in,
)
from bh_container.errors import MissingProgram

NONE = resource.RLIM_INFINITY
USUAL = HostFacts(
    user=0,
    cgroups=Cgroups.UNIFIED,
    limits=HardLimits(open_files=NONE, processes=NONE),
    podman=Path("/usr/bin/podman"),
    runtimes=("crun", "runc"),
)


@pytest.mark.parametrize(
    ("cgroups", "runtimes", "configured", "expected"),
    [
        (Cgroups.UNIFIED, ("crun", "runc"), None, "crun"),
        (Cgroups.UNIFIED, ("crun", "runc"), "runc", "runc"),
        (Cgroups.UNIFIED, ("runc",), None, "runc"),
        (Cgroups.UNIFIED, ("runc",), "crun", "runc"),
        (Cgroups.UNIFIED, ("crun", "youki"), "youki", "youki"),
        (Cgroups.LEGACY, ("crun", "runc"), None, "crun"),
        (Cgroups.HYBRID, ("crun", "runc"), None, "runc"),
        (Cgroups.HYBRID, ("crun", "runc"), "crun", "runc"),
    ],
)
def test_the_runtime_is_one_that_works(
    cgroups: Cgroups, runtimes: tuple[str, ...], configured: str | None, expected: str
) -> None:
    facts = replace(USUAL, cgroups=cgroups, runtimes=runtimes, configured_runtime=configured)
    assert choose_runtime(facts) == expected


@pytest.mark.parametrize(
    ("cgroups", "runtimes", "wanted"),
    [(Cgroups.UNIFIED, (), "crun"), (Cgroups.HYBRID, ("crun",), "runc")],
)
def test_without_a_runtime_that_works_one_is_named(
    cgroups: Cgroups, runtimes: tuple[str, ...], wanted: str
) -> None:
    with pytest.raises(MissingProgram, match=f"apt-get install {wanted}"):
        choose_runtime(replace(USUAL, cgroups=cgroups, runtimes=runtimes))


@pytest.mark.parametrize(
    ("ours", "service", "expected"),
    [
        ((NONE, NONE), (NONE, NONE), (65_536, 1_048_576)),
        ((20_000, 96_365), (NONE, NONE), (20_000, 96_365)),
        ((20_000, 96_365), (20_000, 32_768), (20_000, 32_768)),
        ((1_048_576, NONE), (4_096, 500), (4_096, 500)),
    ],
)
def test_no_limit_is_above_a_hard_one(
    ours: tuple[int, int], service: tuple[int, int], expected: tuple[int, int]
) -> None:
    limits = [HardLimits(open_files=files, processes=n) for files, n in (ours, service)]
    chosen = {limit.name: limit.value for limit in choose_ulimits(*limits)}
    assert chosen == dict(zip(("nofile", "nproc"), expected, strict=True))


PROC_LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max processes             1024                 {processes:<20} processes 
Max open files            1024                 {files:<20} files     
"""  # noqa: W291


@pytest.mark.parametrize(
    ("files", "processes", "expected"),
    [("20000", "32768", (20_000, 32_768)), ("unlimited", "unlimited", (NONE, NONE))],
)
def test_hard_limits_are_read_from_proc(
    files: str, processes: str, expected: tuple[int, int]
) -> None:
    found = limits_in(PROC_LIMITS.format(files=files, processes=processes))
    assert (found.open_files, found.processes) == expected


def test_limits_of_this_process_are_read_from_proc() -> None:
    found = limits_in(Path("/proc/self/limits").read_text())
    assert found.open_files == resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert found.processes == resource.getrlimit(resource.RLIMIT_NPROC)[1]


@pytest.mark.parametrize(
    ("mounts", "expected"),
    [
        ("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", Cgroups.UNIFIED),
        ("tmpfs /sys/fs/cgroup tmpfs rw 0 0\n", Cgroups.LEGACY),
        (
            "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n"
            "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n"
            "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n",
            Cgroups.HYBRID,
        ),
    ],
)
def test_cgroups_are_read_from_the_mounts(mounts: str, expected: Cgroups) -> None:
    assert cgroups_of(mounts) is expected


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ('[engine]\nruntime = "runc"\n', "runc"),
        ('[engine]\nruntime = "/usr/bin/crun"\n', "crun"),
        ('[engine]\n# runtime = "crun"\n', None),
        ("", None),
        ('runtime = "crun"\n', None),
        ("this is not TOML", None),
    ],
)
def test_the_configured_runtime_is_read(configuration: str, expected: str | None) -> None:
    assert runtime_in(configuration) == expected


def test_the_last_configuration_that_names_a_runtime_counts(tmp_path: Path) -> None:
    for name in ("podman", "runc"):
        (tmp_path / name).touch(mode=0o755)
    (tmp_path / "containers").mkdir()
    (tmp_path / "containers/containers.conf").write_text('[engine]\nruntime = "mine"\n')
    (tmp_path / "other.conf").write_text('[engine]\nruntime = "other"\n')
    environment = {"PATH": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    facts = gather_facts(environment)
    assert facts.podman == tmp_path / "podman"
    assert "runc" in facts.runtimes
    assert facts.configured_runtime == "mine"
    alone = gather_facts({**environment, "CONTAINERS_CONF": str(tmp_path / "other.conf")})
    assert alone.configured_runtime == "other"
