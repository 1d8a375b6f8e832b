"""Reading a machine: the one place where checks get what they know."""

import os
import platform
import pwd
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.cpu import cpu_of
from bh_container.config.project import Project
from bh_container.config.settings import Settings
from bh_container.engine.about import PodmanFacts
from bh_container.engine.host import SYSTEM_DIRECTORIES, UNSHARED, gather_facts
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST
from bh_container.run.doctor.disk import read_rooms
from bh_container.run.doctor.facts import Account, Facts, Kernel, Refusal, Trial
from bh_container.run.doctor.memory import read_memory
from bh_container.run.doctor.network import ask_mirrors
from bh_container.run.doctor.programs import names_of
from bh_container.run.doctor.rootless import APPARMOR, SYSCTLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What came of going to Podman."""

    podman: PodmanFacts | None = None
    refusal: Refusal | None = None
    trial: Trial | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a machine is looked at for: a project, if there is one, with so many `new` targets; what
    is built side by side, by full names, where that is known; and the mirrors that are to be asked.
    """

    settings: Settings
    project: Project | None
    new: int = 1
    together: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()


def look(question: Question, meeting: Meeting, environment: Mapping[str, str]) -> Facts:
    """All that the checks want to know; takes as long as the slowest mirror."""
    host = gather_facts(environment)
    cpus = frozenset(_cpus(question.project))
    return Facts(
        host=host,
        distribution=distribution_in(_text(Path("/etc/os-release"))),
        podman=meeting.podman,
        refusal=meeting.refusal,
        trial=meeting.trial,
        kernel=_kernel(),
        account=_account(environment),
        programs=_programs(names_of(cpus), environment),
        memory=read_memory(_memory_needed(question)),
        rooms=tuple(read_rooms(_places(question, meeting.podman), _needed(question))),
        settings=question.settings,
        cpus=cpus,
        natives=_natives(platform.machine()),
        mirrors=ask_mirrors(question.mirrors),
        built=question.project is not None and bool(Shelf(question.project.history).ids()),
    )


def distribution_in(text: str) -> frozenset[str]:
    """The words of ID and ID_LIKE: see os-release(5)."""
    found = re.findall(r"^(?:ID|ID_LIKE)=(.*)$", text, re.MULTILINE)
    return frozenset(word for value in found for word in value.strip("\"'").split())


def ids_in(text: str, name: str, number: int) -> int:
    """How many ids subuid(5) or subgid(5) gives to somebody, by name or by number."""
    rows = [line.split(":") for line in text.splitlines()]
    mine = [row for row in rows if len(row) == 3 and row[0] in (name, str(number))]
    return sum(int(count) for _, _, count in mine if count.isdigit())


def modules_in(text: str) -> frozenset[str]:
    """The names in a modules.dep or modules.builtin: see modules.dep(5)."""
    paths = [line.partition(":")[0] for line in text.splitlines()]
    return frozenset(Path(path).name.partition(".ko")[0].replace("-", "_") for path in paths)


def _kernel() -> Kernel:
    release = platform.release()
    lists = [Path("/lib/modules", release, f"modules.{name}") for name in ("dep", "builtin")]
    filesystems = [line.split()[-1] for line in _text(Path("/proc/filesystems")).splitlines()]
    return Kernel(
        release=release,
        filesystems=frozenset(filesystems),
        modules=frozenset[str]().union(*(modules_in(_text(path)) for path in lists)),
        devices=frozenset(name for name in DEVICES if Path("/dev", name).exists()),
        sysctls={name: int(value) for name, value in _sysctls() if value.isdigit()},
    )


DEVICES = ("fuse", "kvm", "loop-control")


def _sysctls() -> Iterator[tuple[str, str]]:
    for name in (*SYSCTLS, APPARMOR):
        yield name, _text(Path("/proc/sys", *name.split("."))).strip()


def _account(environment: Mapping[str, str]) -> Account:
    user = int(environment.get(UNSHARED, os.getuid()))
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:
        name = str(user)
    directory = environment.get("XDG_RUNTIME_DIR")
    return Account(
        number=user,
        name=name,
        users=ids_in(_text(Path("/etc/subuid")), name, user),
        groups=ids_in(_text(Path("/etc/subgid")), name, user),
        runtime_directory=Path(directory) if directory else None,
    )


def _programs(names: Iterable[str], environment: Mapping[str, str]) -> frozenset[str]:
    path = os.pathsep.join(filter(None, (environment.get("PATH"), SYSTEM_DIRECTORIES)))
    return frozenset(name for name in names if shutil.which(name, path=path))


def _places(question: Question, podman: PodmanFacts | None) -> Iterator[tuple[str, Path]]:
    if podman is not None:
        yield "Podman's images", podman.root
        yield "what Podman imports", podman.spool
    if question.project is not None:
        yield "the project", question.project.root
        yield "sources", question.project.root / question.settings.distfiles


def _needed(question: Question) -> int:
    """The bytes of so many targets as large as the largest that was built here."""
    if question.project is None:
        return 0
    sizes = [
        part.size
        for snapshot in Shelf(question.project.history).all()
        for unit, part in snapshot.parts.items()
        if unit != HOST
    ]
    return question.new * max(sizes, default=0)


def _memory_needed(question: Question) -> int:
    """The bytes of memory that the targets side by side took at most, each in one of its steps; of
    one that was not built here, what the largest took. No more of them work than have jobs.
    """
    if question.project is None:
        return 0
    took: dict[str, int] = {}
    for snapshot in Shelf(question.project.history).all():
        for unit in snapshot.targets:
            steps = snapshot.parts[unit].steps.values()
            took[unit] = max([took.get(unit, 0), *(step.memory or 0 for step in steps)])
    most = max(took.values(), default=0)
    sizes = sorted((took.get(unit, most) for unit in question.together or ("",)), reverse=True)
    return sum(sizes[: question.settings.jobs])


def _cpus(project: Project | None) -> Iterator[str]:
    """The CPU of each target."""
    for directory in project.target_directories() if project else ():
        yield cpu_of(directory.name)


def _natives(machine: str) -> frozenset[str]:
    return frozenset({machine, "i386"} if machine == "x86_64" else {machine})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
