"""Building one target: its steps in one container, on its sysroot, into one build directory."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.project import Project
from bh_container.config.target import Target
from bh_container.engine.protocol import Bind, ContainerSpec, Mount
from bh_container.errors import BhError
from bh_container.events import UnitFinished, UnitStarted
from bh_container.output.manifest import is_complete
from bh_container.plan import places
from bh_container.plan.native import is_foreign
from bh_container.plan.step import Done, Step
from bh_container.run.beginning import Beginning
from bh_container.run.choice import Choice
from bh_container.run.disk import room_needed
from bh_container.run.finish import Origin, finish_build, reopen_result
from bh_container.run.journal import Journal, Run, State
from bh_container.run.lock import exclusive
from bh_container.run.machine import this_processor
from bh_container.run.native import beginning_here
from bh_container.run.recover import give_up, start_over
from bh_container.run.rooms import Rooms, give_back, rooms_of
from bh_container.run.step import Bench, StepFailed, left_first, run_step
from bh_container.run.sysroot import empty_image
from bh_container.run.texts import keep_texts
from bh_container.run.workshop import (
    TARGET_ENVIRONMENT,
    Workshop,
    new_run,
    repository_mounts,
)

OUTPUT_STEP = "results"
"""The first step that writes into the build directory."""

RECOVERY = ("shell", "resume", "retry", "abort")
"""The commands for a run that is not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBuild:
    """What a target is built from: `host_image` is an id, `seed` identifies the seed.

    Without a `beginning` it starts where its last run ended.
    """

    target: Target
    steps: tuple[Step, ...]
    host_image: str
    seed: str
    beginning: Beginning | None = None


@room_needed()
def build_target(shop: Workshop, build: TargetBuild) -> Path:
    """Run the steps that are not done, and return the build directory.

    Goes on where an earlier call was cut or failed. When a step fails, `shop.ask` says what to
    do; where the answer is to leave or to abort, raises `StepFailed`.
    """
    target = build.target
    with exclusive(target.full_name, shop.lock(target.full_name)):
        beginning = beginning_here(shop, target, build.beginning)
        if beginning is not None:
            _begin(shop, build, beginning)
        while True:
            try:
                return _attempt(shop, build)
            except StepFailed as failure:
                match shop.ask(failure):
                    case Choice.RESUME:
                        continue
                    case Choice.RETRY:
                        start_over(shop, target)
                    case Choice.ABORT:
                        give_up(shop, target)
                        raise
                    case Choice.LEAVE:
                        raise


def _attempt(shop: Workshop, build: TargetBuild) -> Path:
    target, started = build.target, time.monotonic()
    journal = shop.journal(target.full_name)
    state = _settle(shop, target, journal)
    todo = work(build.steps, state, _reliable(shop, state))
    shop.tell(UnitStarted(unit=target.name, total=len(build.steps), pending=len(todo)))
    if todo or state.open or state.result is None:
        result = _build(shop, build, journal, todo)
    else:
        result = shop.project.builds / state.result
    seconds = time.monotonic() - started
    shop.tell(UnitFinished(unit=target.name, ran=len(todo), seconds=seconds, result=result))
    return result


def _begin(shop: Workshop, build: TargetBuild, beginning: Beginning) -> None:
    """Have the journal stand where the beginning says, unless a run from there is open already.

    Where nothing is to be done there, that run is the last one again.
    """
    target = build.target
    journal, part = shop.journal(target.full_name), beginning.part(target.full_name)
    state = _settle(shop, target, journal)
    base = part.image if part else empty_image(shop.engine)
    if state.open is not None:
        if state.open.base != base:
            raise BhError(
                f"{target.name}: a run is open that did not start from {beginning.name}",
                remedy=f"give it up with bh-container abort {target.name}, or build without --from",
            )
        return
    if part and part.run and part.result:
        run = Run(id=part.run, base=base, seed=part.seed, done=part.steps)
        if state.last and (state.image, state.last.id) == (base, run.id):
            return
        if not _todo(build.steps, _reliable(shop, State(last=run, result=part.result, image=base))):
            journal.run_opened(run, done=part.steps)
            journal.run_completed(part.result, base)
            return
    rooms = rooms_of(shop, target, new_run())
    rooms.volume.create(shop.engine, base, shop.labels(target.full_name))
    run = Run(id=rooms.run, base=base, seed=shop.settings.seed)
    journal.run_opened(run, done=part.steps if part else {})


def _settle(shop: Workshop, target: Target, journal: Journal) -> State:
    """The journal's state, once what a cut run left is cleared up.

    A run that was complete may have kept its containers. An open one whose sysroot is gone
    (`podman rm --all`) has nothing left of what it did.
    """
    state = journal.read()
    if state.last:
        give_back(shop, rooms_of(shop, target, state.last.id))
    if state.open:
        rooms = rooms_of(shop, target, state.open.id)
        if shop.engine.container(rooms.volume.container) is None:
            give_back(shop, rooms)
            journal.run_dropped()
            state = journal.read()
    return state


def _reliable(shop: Workshop, state: State) -> Mapping[str, Done]:
    """The steps that are done, as far as what they left is still there."""
    return reliable(shop.project, state, lambda image: shop.engine.image(image) is not None)


def work(steps: tuple[Step, ...], state: State, done: Mapping[str, Done]) -> list[Step]:
    """What has to run: a run lays out the whole result by itself, whichever step it begins with."""
    todo = _todo(steps, done)
    if not todo and state.open is None:
        return todo
    own = state.open.own if state.open else frozenset()
    names = [step.name for step in steps]
    result = frozenset(names[names.index(OUTPUT_STEP) :]) - own
    return _todo(steps, {name: one for name, one in done.items() if name not in result})


def _todo(steps: tuple[Step, ...], done: Mapping[str, Done]) -> list[Step]:
    """From the first step that is not done on, all; before it, those that run every time."""
    for index, step in enumerate(steps):
        before = done.get(step.name)
        if not step.recipe.every_run and (before is None or before.key != step.key):
            return [*(s for s in steps[:index] if s.recipe.every_run), *steps[index:]]
    return []


def _build(shop: Workshop, build: TargetBuild, journal: Journal, todo: list[Step]) -> Path:
    target = build.target
    before = journal.read()
    last = _reliable(shop, before)
    run = _open_run(shop, journal, before)
    last_run = before.last.id if before.last else None
    keep_texts(shop.project, target.full_name, (run.id, last_run), target)
    rooms = rooms_of(shop, target, run.id)
    rooms.volume.create(shop.engine, run.base, shop.labels(target.full_name))
    if todo:
        reopen_result(shop, rooms, run.id)
        spec = ContainerSpec(
            name=rooms.container,
            image=build.host_image,
            mounts=_mounts(shop, target, rooms, run.id),
            environment=TARGET_ENVIRONMENT,
            labels=shop.labels(target.full_name),
        )
        kept = shop.ready_container(spec)
        bench = Bench(
            unit=target.name,
            container=rooms.container,
            logs=shop.logs(target.full_name, run.id),
            total=len(build.steps),
            engine=shop.engine,
            journal=journal,
            tell=shop.tell,
            interrupt=shop.interrupt,
            budget=shop.budget,
            commands=RECOVERY,
        )
        for step in left_first(todo, run.begun if kept else None):
            known = last.get(step.name)
            number = build.steps.index(step) + 1
            run_step(bench, step, number, last=known.fingerprint if known else None)
    origin = Origin(
        run=run.id,
        base=run.base,
        seed=build.seed,
        host_image=build.host_image,
        steps=build.steps,
    )
    return finish_build(shop, journal, rooms, origin)


def _open_run(shop: Workshop, journal: Journal, state: State) -> Run:
    """The open run, or a new one on the sysroot that the last one saved, where it still exists."""
    if state.open:
        return state.open
    saved = state.image if state.image and shop.engine.image(state.image) else None
    run = Run(id=new_run(), base=saved or empty_image(shop.engine), seed=shop.settings.seed)
    journal.run_opened(run)
    return run


def _mounts(shop: Workshop, target: Target, rooms: Rooms, run: str) -> tuple[Mount, ...]:
    rooms.out.mkdir(parents=True, exist_ok=True)
    return (
        *shop.shared_mounts(target.full_name, run, compiling=places.compiling(target)),
        Bind(source=target.directory, destination=places.TARGET_CONFIG, read_only=True),
        Bind(source=rooms.out, destination=places.OUT),
        *rooms.volume.mounts(shop.engine),
        rooms.binpkgs.mount(places.binpkgs(target)),
        *repository_mounts(target.directory, target.repositories),
    )


def reliable(project: Project, state: State, is_there: Callable[[str], bool]) -> Mapping[str, Done]:
    """The steps that are done, as far as the build directory and the image are there, and for this
    processor."""
    done = dict(state.done)
    if is_foreign(done, this_processor()):
        done.clear()
    if state.open is None and state.result is not None:
        if not is_complete(project.builds / state.result):
            done.pop(OUTPUT_STEP, None)
        if state.image is None or not is_there(state.image):
            done.clear()
    return done
