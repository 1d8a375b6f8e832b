"""Which repositories are synced, and the steps that sync them at what the lock pins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bh_container.config.pins import Pins
from bh_container.config.repositories import GIT, MAIN, Repository
from bh_container.plan.step import Recipe

UNTRUSTED = "-"
"""Where commits are verified with what keys the container's user has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """`main` is whether ::gentoo is synced at all, `git` what git fetches, `others` what nothing
    but Portage can sync, as it is on that day.
    """

    main: bool
    git: tuple[Repository, ...]
    others: tuple[Repository, ...]

    @property
    def all(self) -> tuple[Repository, ...]:
        return (*self.git, *self.others)

    @property
    def main_is_git(self) -> bool:
        return any(one.name == MAIN for one in self.git)


def sync_of(repositories: Iterable[Repository], *, default: bool) -> Sync:
    """What is to be synced of what repos.conf names.

    `default` is for those that say nothing about `auto-sync`: whether the seed's own repos.conf
    has them synced.
    """
    synced = {r.name: r for r in repositories if (default if r.auto_sync is None else r.auto_sync)}
    named = {one.name for one in repositories}
    git = tuple(one for one in synced.values() if one.is_git)
    return Sync(
        main=MAIN in synced or (default and MAIN not in named),
        git=git,
        others=tuple(
            one
            for name, one in synced.items()
            if one.sync_type and one.sync_type != GIT and name != MAIN
        ),
    )


def sync_of_target(repositories: Iterable[Repository]) -> Sync:
    """What a target syncs itself: all but ::gentoo, which is the host's."""
    return sync_of((one for one in repositories if one.name != MAIN), default=True)


def source(repository: Repository) -> str:
    """How the lock names what git fetches."""
    return f"{repository.uri}#{repository.branch}" if repository.branch else f"{repository.uri}"


def recipes(
    sync: Sync,
    pins: Pins,
    reads: Mapping[str, str],
    tuning: Mapping[str, str],
    *,
    git: Mapping[str, str],
) -> Iterator[Recipe]:
    """The snapshot that a first run begins with, git, and each repository where it is pinned.

    `git` is what is read where git is compiled, `reads` where repositories are synced.
    """
    if sync.main and pins.snapshot:
        yield Recipe(
            name="snapshot",
            script="host/snapshot.sh",
            environment={"BH_DAY": pins.snapshot},
            tuning=tuning,
        )
    if sync.git:
        yield Recipe(name="git", script="host/git.sh", reads=git, tuning=tuning)
    yield repositories(sync, pins, reads, tuning)


def repositories(
    sync: Sync, pins: Pins, reads: Mapping[str, str], tuning: Mapping[str, str]
) -> Recipe:
    """The step that syncs all of them."""
    moved = {"when the lock moved": str(pins.synced)} if sync.others else {}
    return Recipe(
        name="repositories",
        script="repositories.sh",
        environment={
            "BH_CHECKOUTS": " ".join(_checkout(one, pins) for one in sync.git),
            "BH_SYNCED": " ".join(one.name for one in sync.others),
        },
        tuning=tuning,
        reads={**reads, **moved},
    )


def _checkout(repository: Repository, pins: Pins) -> str:
    key = (repository.key or UNTRUSTED) if repository.verify else ""
    commit = pins.repositories.get(source(repository), "HEAD")
    return f"{repository.location}|{repository.uri}|{commit}|{key}"
