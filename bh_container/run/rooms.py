"""Everything that one run of a target occupies until it is finished or given up."""

import re
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.target import Target
from bh_container.run.binpkgs import BinpkgVolume
from bh_container.run.sysroot import SysrootVolume
from bh_container.run.workshop import Workshop

UNFINISHED = ".partial."
"""How the name of a build directory begins until its build is complete."""

CONTAINER = re.compile(
    r"(?P<passing>bh-lab-[0-9a-f]+|bh-diff-[0-9a-f]{4}-.+)"
    r"|bh-.+-(?P<run>[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4})(-sysroot)?"
)
"""The names of containers of runs, and of those that are made for a moment under the lock `STORE`:
for the lab seed, and to compare snapshots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Everything that one run of a target occupies; `out` is the unfinished build directory."""

    run: str
    target: Target
    container: str
    volume: SysrootVolume
    binpkgs: BinpkgVolume
    out: Path


def container_of(name: str, run: str) -> str:
    """The container that a run of the host, or of the target of this name, works in."""
    return f"bh-{name}-{run}"


def sysroot_of(name: str, run: str) -> str:
    """The container that is never started, whose root is the target's sysroot in a run."""
    return f"bh-{name}-{run}-sysroot"


def rooms_of(shop: Workshop, target: Target, run: str) -> Rooms:
    """The rooms of a run, by their names alone: whether they exist is another question."""
    name, project = target.full_name, shop.project
    return Rooms(
        run=run,
        target=target,
        container=container_of(target.name, run),
        volume=SysrootVolume(container=sysroot_of(target.name, run), target=target),
        binpkgs=BinpkgVolume(
            store=project.binpkgs(name),
            upper=project.overlay_upper(name),
            work=project.overlay_work(name),
        ),
        out=project.builds / f"{UNFINISHED}{name}",
    )


def give_back(shop: Workshop, rooms: Rooms) -> None:
    """Remove a run's containers; what they held is saved, or given up."""
    shop.engine.remove_container(rooms.container)
    shop.engine.remove_container(rooms.volume.container)
