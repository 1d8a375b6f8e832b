"""From the last step to a complete build: each act leaves a state that the next call goes on from.

The order is: build directory, binary packages, sysroot image, journal, containers. Doing any of
them twice does no harm.
"""

from dataclasses import dataclass
from pathlib import Path

from bh_container.config.placement import placement_of
from bh_container.config.target import KernelKind, Target
from bh_container.history.identity import run_reference
from bh_container.output.manifest import (
    INVENTORY,
    BootFiles,
    Provenance,
    is_complete,
    write_manifest,
)
from bh_container.plan.layout import INITRAMFS, layout_of
from bh_container.plan.step import Step
from bh_container.run.journal import Journal
from bh_container.run.left import left_by
from bh_container.run.rooms import Rooms, give_back
from bh_container.run.space import space_of
from bh_container.run.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a run was made from: the seed's identity, the host image's id, the sysroot image that
    it began with, and the steps."""

    run: str
    base: str
    seed: str
    host_image: str
    steps: tuple[Step, ...]


def result_of(shop: Workshop, target: Target, run: str) -> Path:
    """The build directory of a run, whether it is there or not."""
    date, _, _ = run.partition("-")
    return shop.project.builds / f"{target.full_name}.{date}"


def reopen_result(shop: Workshop, rooms: Rooms, run: str) -> None:
    """Make a result unfinished again, for a run that was cut at its end and has more to do."""
    result = result_of(shop, rooms.target, run)
    if result.exists():
        result.replace(rooms.out)


def finish_build(shop: Workshop, journal: Journal, rooms: Rooms, origin: Origin) -> Path:
    """Make the run's result final and give its rooms back; return the build directory."""
    target = rooms.target
    result = result_of(shop, target, origin.run)
    date, _, _ = origin.run.partition("-")
    if not is_complete(result):
        placement = placement_of(target)
        provenance = Provenance(
            target=target.full_name,
            date=date,
            seed=origin.seed,
            host_image=origin.host_image,
            steps={step.name: step.key for step in origin.steps if not step.recipe.every_run},
            boot=BootFiles(
                target_tuple=target.tuple,
                kernel=None if target.kernel.kind is KernelKind.NONE else layout_of(target).kernel,
                initramfs=INITRAMFS if placement.initramfs and not placement.embedded else None,
                images=tuple(one.name for one in target.lists),
                inside=placement.inside,
            ),
        )
        inventory = shop.logs(target.full_name, origin.run) / INVENTORY
        write_manifest(rooms.out, provenance, inventory)
        rooms.out.replace(result)
    if shop.engine.container(rooms.container):
        shop.engine.stop_container(rooms.container)
    packages = space_of(rooms.binpkgs.upper)
    rooms.binpkgs.publish()
    reference = run_reference(shop.identity, target.full_name, origin.run)
    image = rooms.volume.save(shop.engine, reference, shop.labels(target.full_name))
    left = left_by(shop.engine, image=image, base=origin.base, build=result, packages=packages)
    journal.run_completed(result.name, image, left)
    give_back(shop, rooms)
    return result
