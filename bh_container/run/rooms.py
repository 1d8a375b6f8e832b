"""Everything that one run of a target occupies until it is finished or given up."""

from dataclasses import dataclass
from pathlib import Path

from bh_container.config.target import Target
from bh_container.run.binpkgs import BinpkgVolume
from bh_container.run.sysroot import SysrootVolume
from bh_container.run.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Everything that one run of a target occupies; `out` is the unfinished build directory."""

    run: str
    target: Target
    container: str
    volume: SysrootVolume
    binpkgs: BinpkgVolume
    out: Path


def rooms_of(shop: Workshop, target: Target, run: str) -> Rooms:
    """The rooms of a run, by their names alone: whether they exist is another question."""
    name, project = target.full_name, shop.project
    return Rooms(
        run=run,
        target=target,
        container=f"bh-{target.name}-{run}",
        volume=SysrootVolume(container=f"bh-{target.name}-{run}-sysroot", target=target),
        binpkgs=BinpkgVolume(
            store=project.binpkgs(name),
            upper=project.overlay_upper(name),
            work=project.overlay_work(name),
        ),
        out=project.builds / f".partial.{name}",
    )


def give_back(shop: Workshop, rooms: Rooms) -> None:
    """Remove a run's containers; what they held is saved, or given up."""
    shop.engine.remove_container(rooms.container)
    shop.engine.remove_container(rooms.volume.container)
