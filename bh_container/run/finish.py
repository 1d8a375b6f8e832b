"""From the last step to a complete build: each act leaves a state that the next call goes on from.

The order is: build directory, binary packages, sysroot image, journal, containers. Doing any of
them twice does no harm.
"""

from dataclasses import dataclass
from pathlib import Path

from bh_container.config.target import Target
from bh_container.output.manifest import INVENTORY, Provenance, is_complete, write_manifest
from bh_container.plan.step import Step
from bh_container.run.binpkgs import BinpkgVolume
from bh_container.run.journal import Journal
from bh_container.run.sysroot import SysrootVolume
from bh_container.run.workshop import UNIT_LABEL, Workshop

SYSROOT_REPOSITORY = "localhost/bh-container/sysroot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Everything that one run of a target occupies; `out` is the unfinished build directory."""

    target: Target
    container: str
    volume: SysrootVolume
    binpkgs: BinpkgVolume
    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a run was made from; `seed` and `host_image` are image ids."""

    run: str
    seed: str
    host_image: str
    steps: tuple[Step, ...]


def finish_build(shop: Workshop, journal: Journal, rooms: Rooms, origin: Origin) -> Path:
    """Make the run's result final and give its rooms back; return the build directory."""
    target = rooms.target
    date, _, _ = origin.run.partition("-")
    result = shop.project.builds / f"{target.full_name}.{date}"
    if not is_complete(result):
        provenance = Provenance(
            target=target.full_name,
            date=date,
            seed=origin.seed,
            host_image=origin.host_image,
            steps={step.name: step.key for step in origin.steps if not step.recipe.every_run},
        )
        inventory = shop.logs(target.full_name, origin.run) / INVENTORY
        write_manifest(rooms.out, provenance, inventory)
        rooms.out.replace(result)
    if shop.engine.container(rooms.container):
        shop.engine.stop_container(rooms.container)
    rooms.binpkgs.publish()
    reference = f"{SYSROOT_REPOSITORY}/{target.full_name.lower()}:{date.lower()}"
    image = rooms.volume.save(shop.engine, reference, {UNIT_LABEL: target.full_name})
    journal.run_completed(result.name, image)
    shop.engine.remove_container(rooms.container)
    shop.engine.remove_container(rooms.volume.container)
    return result
