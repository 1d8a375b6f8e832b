"""What this machine lets a container do: which OCI runtime works, which limits may be asked for.

Podman's defaults suit a systemd machine with unified cgroups and every capability. Elsewhere they
fail late and unclearly, when the first container starts. So: look first, and ask for what works.
"""

import os
import resource
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bh_container.errors import MissingProgram

RUNTIMES = ("crun", "runc")
"""The runtimes that Podman knows how to drive, the one that it prefers first."""

SYSTEM_DIRECTORIES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

UNSHARED = "_CONTAINERS_ROOTLESS_UID"
"""Who is root in the namespaces of `podman unshare`: containers/storage, pkg/unshare."""

OPEN_FILES = 65_536
"""Enough for any linker; more slows down programs that close every descriptor they could have."""

PROCESSES = 1_048_576
"""What Podman itself would ask for."""


class Cgroups(StrEnum):
    """How the kernel's control groups are mounted: see cgroups(7)."""

    UNIFIED = "unified"
    HYBRID = "hybrid"
    LEGACY = "legacy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ulimit:
    """One resource limit of a container, soft and hard alike; `name` as in Podman's `--ulimit`."""

    name: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HardLimits:
    """What a process may have at most; no limit is `resource.RLIM_INFINITY`."""

    open_files: int
    processes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What was seen on this machine. `limits` are our own; a service may have tighter ones."""

    user: int
    cgroups: Cgroups
    limits: HardLimits
    podman: Path | None
    runtimes: tuple[str, ...]
    configured_runtime: str | None = None


def runtime_works(runtime: str, cgroups: Cgroups) -> bool:
    """Whether a runtime can start containers here: crun refuses version 1 and 2 side by side."""
    return not (runtime == "crun" and cgroups is Cgroups.HYBRID)


def choose_runtime(facts: HostFacts) -> str:
    """The runtime to start Podman with: the configured one where it works, then any that does.

    Raises `MissingProgram` when there is none.
    """
    for runtime in (facts.configured_runtime, *RUNTIMES):
        if runtime and runtime in facts.runtimes and runtime_works(runtime, facts.cgroups):
            return runtime
    wanted = "crun" if runtime_works("crun", facts.cgroups) else "runc"
    raise MissingProgram(wanted, debian=wanted, gentoo=f"app-containers/{wanted}")


def choose_ulimits(*limits: HardLimits) -> tuple[Ulimit, ...]:
    """What to ask for so that none of these hard limits is exceeded.

    Always both: Podman fills in a limit of its own for the one that is left out.
    """
    return (
        Ulimit(name="nofile", value=_at_most(OPEN_FILES, [each.open_files for each in limits])),
        Ulimit(name="nproc", value=_at_most(PROCESSES, [each.processes for each in limits])),
    )


def _at_most(wanted: int, hard: list[int]) -> int:
    return min([wanted, *(limit for limit in hard if limit != resource.RLIM_INFINITY)])


def limits_in(text: str) -> HardLimits:
    """Read the text of /proc/PID/limits; see proc_pid_limits(5)."""
    hard = {line[:26].strip(): line[26:].split()[1] for line in text.splitlines()[1:]}

    def limit(name: str) -> int:
        word = hard.get(name, "unlimited")
        return resource.RLIM_INFINITY if word == "unlimited" else int(word)

    return HardLimits(open_files=limit("Max open files"), processes=limit("Max processes"))


def cgroups_of(mounts: str) -> Cgroups:
    """Read the text of /proc/self/mounts the way that crun looks at the same directories."""
    kinds = {words[1]: words[2] for line in mounts.splitlines() if len(words := line.split()) > 2}
    if kinds.get("/sys/fs/cgroup") == "cgroup2":
        return Cgroups.UNIFIED
    return Cgroups.HYBRID if kinds.get("/sys/fs/cgroup/unified") == "cgroup2" else Cgroups.LEGACY


def runtime_in(configuration: str) -> str | None:
    """The `runtime` that a containers.conf(5) names, or None."""
    try:
        engine = tomllib.loads(configuration).get("engine", {})
    except tomllib.TOMLDecodeError:
        return None  # Podman says so itself, and better, when it starts
    runtime = engine.get("runtime")
    return Path(runtime).name if isinstance(runtime, str) and runtime else None


def _configured_runtime(environment: Mapping[str, str]) -> str | None:
    """The runtime of the last containers.conf that names one; `CONTAINERS_CONF` stands alone."""
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/"), ".config"))
    files = [
        Path("/usr/share/containers/containers.conf"),
        Path("/etc/containers/containers.conf"),
        home / "containers/containers.conf",
    ]
    if "CONTAINERS_CONF" in environment:
        files = [Path(environment["CONTAINERS_CONF"])]
    named = [runtime_in(file.read_text()) for file in files if file.is_file()]
    return next((runtime for runtime in reversed(named) if runtime), None)


def gather_facts(environment: Mapping[str, str]) -> HostFacts:
    """Look at this machine; `environment` says where programs and settings are looked for."""
    # Podman finds runtimes in sbin, where a user's own PATH often does not lead.
    path = os.pathsep.join(filter(None, (environment.get("PATH"), SYSTEM_DIRECTORIES)))
    configured = _configured_runtime(environment)
    candidates = dict.fromkeys((*RUNTIMES, *((configured,) if configured else ())))
    podman = shutil.which("podman", path=path)
    return HostFacts(
        user=os.getuid(),
        cgroups=cgroups_of(Path("/proc/self/mounts").read_text()),
        limits=HardLimits(
            open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
            processes=resource.getrlimit(resource.RLIMIT_NPROC)[1],
        ),
        podman=Path(podman) if podman else None,
        runtimes=tuple(name for name in candidates if shutil.which(name, path=path)),
        configured_runtime=configured,
    )
