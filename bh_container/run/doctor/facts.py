"""What is known of a machine; `bh_container.run.doctor.look` reads it, and tests make it up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bh_container.config.settings import Settings
from bh_container.engine.about import PodmanFacts
from bh_container.engine.host import HostFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something could not be had, in the words of the error."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a container of doctor's own came to: each part is None where it went well.

    `seen`: its root filesystem is seen on this machine; `started`: a command runs in it;
    `overlaid`: the project's disk can lie below an overlay, and above one.
    """

    seen: Refusal | None = None
    started: Refusal | None = None
    overlaid: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """The running kernel: `filesystems` as in /proc, `modules` that can be loaded or are built in,
    `devices` of /dev that are there, and the sysctls that decide on user namespaces.
    """

    release: str
    filesystems: frozenset[str]
    modules: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    sysctls: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who calls: how many ids a user namespace may have, by the files subuid(5) and subgid(5).

    `number` is that of the user, who may be root in a namespace of `podman unshare`.
    """

    number: int
    name: str
    users: int
    groups: int
    runtime_directory: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes of memory and swap: all, what programs can still have, and what is needed."""

    total: int
    available: int
    needed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A disk: what it is for, bytes and files that it has room for, and bytes that are needed.

    `files` is None where a filesystem has no fixed number of them.
    """

    what: str
    place: Path
    free: int
    needed: int
    files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A machine, and what a project wants of it.

    `distribution` are the words by which os-release(5) names it and what it is like. Of `podman`
    and `refusal` one is None. `cpus` are those of the project's targets, `natives` those that this
    machine runs programs of by itself. `mirrors` says why a mirror is silent, None for one that
    answers; it is empty where none was asked. `built` is whether the project has a snapshot.
    """

    host: HostFacts
    distribution: frozenset[str]
    podman: PodmanFacts | None
    refusal: Refusal | None
    trial: Trial | None
    kernel: Kernel
    account: Account
    programs: frozenset[str]
    memory: Memory
    rooms: tuple[Room, ...]
    settings: Settings
    cpus: frozenset[str]
    natives: frozenset[str]
    mirrors: Mapping[str, str | None]
    built: bool
