"""The whole job: seed, host image, then each target."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bh_container import steps
from bh_container.config.pins import Pins
from bh_container.config.wanted import Wanted
from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.history.snapshot import Snapshot
from bh_container.plan.host import Ground, HostPlan, plan_host
from bh_container.plan.target import plan_target, require_possible
from bh_container.run.attend import Desk
from bh_container.run.beginning import Beginning, beginning_of
from bh_container.run.budget import Budget
from bh_container.run.export import export_snapshot
from bh_container.run.host import HostBuild, build_host
from bh_container.run.lock import STORE, Busy, shared
from bh_container.run.machine import this_machine
from bh_container.run.pin import needs_of, pin
from bh_container.run.preflight import warn
from bh_container.run.seeds import seed_of, syncs_by_default
from bh_container.run.snapshot import UNIT, save_snapshot
from bh_container.run.sysroot import empty_image
from bh_container.run.target import TargetBuild, build_target
from bh_container.run.workshop import Workshop, tuning
from bh_container.seed.seed import Seed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyHost:
    """A host that is built: its plan, what it was pinned to, and the image's id."""

    plan: HostPlan
    pins: Pins
    image: str


class TargetsFailed(BhError):
    """More than one target was asked for, and some of them failed."""

    exit_status = 3

    def __init__(self, failures: Sequence[BhError]) -> None:
        super().__init__("\n".join(str(failure) for failure in failures))
        self.failures = tuple(failures)


def build(shop: Workshop, wanted: Wanted) -> list[Path]:
    """Build the targets and return their build directories; what is done is not done again.

    The targets run side by side, and the failure of one leaves the others running. Raises what
    failed at the end, and KeyboardInterrupt once everything has stopped.
    """
    with shared(shop.lock(STORE)):
        return _build(shop, wanted)


def _build(shop: Workshop, wanted: Wanted) -> list[Path]:
    for target in wanted.targets:
        require_possible(target)
    warn(shop, wanted.targets)
    beginning = beginning_of(shop)
    bare = beginning is not None and not beginning.parts
    seed = seed_of(shop, bare=bare)
    desk = Desk(shop.interrupt, shop.ask)
    shop = replace(shop, ask=shop.ask_aside or desk.ask)
    anew = host_anew(shop, wanted, beginning)
    ready = desk.attend(lambda: build_host_for(shop, wanted, seed, anew=anew))
    scripts, speed = steps.load_scripts(), tuning(shop.settings)
    machine = this_machine(shop.settings)
    jobs = [
        TargetBuild(
            target=target,
            steps=plan_target(
                target,
                toolchain=ready.plan.last_for(target.tuple).key,
                tuning=speed,
                scripts=scripts,
                pins=ready.pins,
                machine=machine,
            ),
            host_image=ready.image,
            seed=seed.identity,
            beginning=beginning,
        )
        for target in wanted.targets
    ]
    budget = Budget(total=shop.settings.jobs, parties=len(jobs))
    target_shop = replace(shop, budget=budget)
    return desk.attend(lambda: _side_by_side(target_shop, jobs, ready.image))


def build_host_for(shop: Workshop, wanted: Wanted, seed: Seed, *, anew: bool = False) -> ReadyHost:
    """Build the host that these targets need, from what the lock pins."""
    syncs = syncs_by_default(shop)
    pins = pin(shop, seed, needs_of(wanted.host, wanted.targets, syncs=syncs))
    plan = plan_host(
        wanted.host,
        wanted.targets,
        ground=Ground(
            seed=seed.identity, pins=pins, syncs=syncs, machine=this_machine(shop.settings)
        ),
        tuning=tuning(shop.settings),
        scripts=steps.load_scripts(),
    )
    build = HostBuild(host=wanted.host, plan=plan, seed=seed, anew=anew)
    image = build_host(shop, build)
    return ReadyHost(plan=plan, pins=pins, image=image)


def host_anew(shop: Workshop, wanted: Wanted, beginning: Beginning | None) -> bool:
    """Whether the host starts from nothing: not where a target goes on that did so before."""
    if beginning is None or beginning.parts:
        return False
    runs = [shop.journal(target.full_name).read().open for target in wanted.targets]
    nothing = empty_image(shop.engine)
    return not any(run and run.base == nothing for run in runs)


def _export(shop: Workshop, snapshot: Snapshot) -> None:
    """Export what a build has left, unless somebody else is at the exports: the build is good."""
    try:
        export_snapshot(shop, snapshot.id)
    except Busy as busy:
        words = f"{busy.what}; later: bh-container history export {snapshot.id}"
        shop.tell(Note(unit=UNIT, text=words))


def _side_by_side(shop: Workshop, jobs: Sequence[TargetBuild], host_image: str) -> list[Path]:
    """Build the targets, and take a snapshot of what they and the others have come to."""

    def one(job: TargetBuild) -> Path:
        try:
            return build_target(shop, job)
        finally:
            shop.budget.leave()

    with ThreadPoolExecutor(max_workers=len(jobs)) as threads:
        futures = [threads.submit(one, job) for job in jobs]
    errors = [error for future in futures if (error := future.exception())]
    if len(errors) < len(futures):
        snapshot = save_snapshot(shop, host_image)
        if snapshot is not None and shop.settings.export:
            _export(shop, snapshot)
    for error in errors:
        if not isinstance(error, BhError):
            raise error
    if len(errors) > 1:
        raise TargetsFailed([error for error in errors if isinstance(error, BhError)])
    for error in errors:
        raise error
    return [future.result() for future in futures]
