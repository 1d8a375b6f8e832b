"""What every unit's run works with, and what its containers have in common."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bh_container import steps
from bh_container.config.project import Project
from bh_container.config.settings import Settings
from bh_container.engine.protocol import Bind, ContainerSpec, Engine, Mount
from bh_container.events import Listener
from bh_container.history.identity import PROJECT_LABEL, project_id
from bh_container.plan import places
from bh_container.run.budget import Budget, packages_beside
from bh_container.run.choice import Ask, leave
from bh_container.run.interrupt import Interrupt
from bh_container.run.journal import Journal
from bh_container.run.memory import memory_mounts

UNIT_LABEL = "bh-container.unit"
SPEC_LABEL = "bh-container.spec"
ENVIRONMENT = {
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "NOCOLOR": "true",
    "TERM": "dumb",
    "CCACHE_DIR": places.CCACHE,
}
TARGET_ENVIRONMENT = {
    **ENVIRONMENT,
    # 1980-01-01: the earliest that a ZIP archive can hold.
    "SOURCE_DATE_EPOCH": "315532800",
    "KBUILD_BUILD_TIMESTAMP": "1980-01-01",
    "KBUILD_BUILD_USER": "bh",
    "KBUILD_BUILD_HOST": "container",
    "KBUILD_BUILD_VERSION": "1",
}
"""A program that says when, by whom and where it was compiled says this, whenever that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The engine, the user's project and settings, and who is told what happens.

    `interrupt` stops everything; `budget` says how many compilers a step may start. `ask` is
    asked what to do when a step has failed, by the main thread; `ask_aside` in its place, where it
    is given, by any thread at any time.
    """

    engine: Engine
    project: Project
    settings: Settings
    tell: Listener
    budget: Budget
    interrupt: Interrupt = field(default_factory=Interrupt)
    ask: Ask = leave
    ask_aside: Ask | None = None

    @property
    def identity(self) -> str:
        """What tells this project's objects from another's in the same store."""
        return project_id(self.project.identity_file)

    def labels(self, unit: str) -> Mapping[str, str]:
        """By what the objects of a unit are found."""
        return {UNIT_LABEL: unit, PROJECT_LABEL: self.identity}

    def journal(self, unit: str) -> Journal:
        """The record of what has been done for a unit."""
        return Journal(self.project.journal_file(unit))

    def lock(self, unit: str) -> Path:
        """The file whose lock means that a process works on the unit."""
        return self.project.lock_file(unit)

    def logs(self, unit: str, run: str) -> Path:
        """Where the records of one run's steps are."""
        return self.project.logs(unit) / run

    def shared_mounts(
        self, unit: str, run: str, *, compiling: str = places.PORTAGE_TMP
    ) -> tuple[Mount, ...]:
        """The steps, this run's records, sources, compiler cache, and what is in memory.

        Portage compiles in the directory `compiling`.
        """
        shared = {
            places.LOG: self.logs(unit, run),
            places.DISTFILES: self.project.root / self.settings.distfiles,
            places.CCACHE: self.project.ccache,
        }
        for directory in shared.values():
            directory.mkdir(parents=True, exist_ok=True)
        return (
            Bind(source=steps.DIRECTORY, destination=places.STEPS, read_only=True),
            *(Bind(source=source, destination=place) for place, source in shared.items()),
            *memory_mounts(self.settings, compiling),
        )

    def ready_container(self, spec: ContainerSpec) -> bool:
        """Have a container of this specification running; an older one of other making goes.

        Whether it was there before, with all that was done in it.
        """
        wanted = _digest(spec)
        present = self.engine.container(spec.name)
        if present is not None and present.labels.get(SPEC_LABEL) != wanted:
            self.engine.remove_container(spec.name)
            present = None
        if present is None:
            labels = {**spec.labels, SPEC_LABEL: wanted}
            self.engine.create_container(replace(spec, labels=labels))
        self.engine.start_container(spec.name)
        return present is not None


def tuning(settings: Settings) -> Mapping[str, str]:
    """The environment that makes emerge and make fast without changing what they make."""
    given = {
        "BH_JOBS": str(settings.jobs),
        "BH_PACKAGES": str(packages_beside(settings.jobs, settings.makeopts)),
        "MAKEOPTS": settings.makeopts,
        "BH_CCACHE": "ccache" if settings.ccache else "",
    }
    if settings.ccache:
        given["FEATURES"] = "ccache"
    if settings.gentoo_mirrors:
        given["GENTOO_MIRRORS"] = " ".join(settings.gentoo_mirrors)
    return given


def repository_mounts(directory: Path, repositories: Iterable[str]) -> tuple[Mount, ...]:
    """The ebuild repositories of a configuration, where Portage looks for them."""
    return tuple(
        Bind(
            source=directory / "repos" / name,
            destination=f"{places.REPOSITORIES}/{name}",
            read_only=True,
        )
        for name in repositories
    )


def new_run() -> str:
    """A run's id: its time (UTC), and enough chance that no two containers share a name."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def _digest(spec: ContainerSpec) -> str:
    """What a container was made from. A directory that was replaced by another of the same name
    is another directory: a container still sees the old one.
    """
    statuses = [mount.source.stat() for mount in spec.mounts if isinstance(mount, Bind)]
    identities = [(status.st_dev, status.st_ino) for status in statuses]
    return hashlib.sha256(f"{spec!r} {identities}".encode()).hexdigest()
