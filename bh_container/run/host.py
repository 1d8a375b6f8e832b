"""Bringing the host image up to date: one layer for each of its steps that has to run."""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bh_container.config.host import Host
from bh_container.engine.protocol import Bind, ContainerSpec, Image, Mount
from bh_container.errors import BhError
from bh_container.events import UnitFinished, UnitStarted
from bh_container.history.identity import PROJECT_LABEL
from bh_container.history.layers import save
from bh_container.plan import places
from bh_container.plan.host import FIRST_WORLD, HostPlan
from bh_container.plan.step import Done, Step
from bh_container.run import rooms
from bh_container.run.choice import Choice
from bh_container.run.disk import room_needed
from bh_container.run.journal import Journal, Run
from bh_container.run.left import Left, new_layers
from bh_container.run.lock import exclusive
from bh_container.run.native import drop_foreign_packages
from bh_container.run.step import Bench, StepFailed, left_first, run_step
from bh_container.run.texts import keep_texts
from bh_container.run.workshop import (
    ENVIRONMENT,
    Workshop,
    new_run,
    repository_mounts,
)
from bh_container.seed.seed import SEED_LABEL, Seed

UNIT = "host"
REPOSITORY = "localhost/bh-container/host"
STEPS_LABEL = "bh-container.steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBuild:
    """The host's configuration, its plan, and the root filesystem it starts from.

    With `anew`, nothing counts that earlier runs have done.
    """

    host: Host
    plan: HostPlan
    seed: Seed
    anew: bool = False


@room_needed()
def build_host(shop: Workshop, build: HostBuild) -> str:
    """Run what the plan has and no image has; return the id of the image that has it all.

    Each step that ends well is committed at once, so that a failure costs that step alone. When
    one fails, `shop.ask` says whether to try it again.
    """
    with exclusive(UNIT, shop.lock(UNIT)):
        drop_foreign_packages(shop, UNIT, build.host.files, shop.journal(UNIT).read().done)
        while True:
            try:
                return _attempt(shop, build)
            except StepFailed as failure:
                if shop.ask(failure) is not Choice.RESUME:
                    raise


def container_of(run: str) -> str:
    """The name of the container that a run of the host works in."""
    return rooms.container_of(UNIT, run)


def _attempt(shop: Workshop, build: HostBuild) -> str:
    started = time.monotonic()
    image, done = _best_image(shop, build)
    todo = [step for step in build.plan.steps if not _is_done(step, done)]
    pending = 0 if all(step.recipe.every_run for step in todo) else len(todo)
    total = len(build.plan.steps)
    shop.tell(UnitStarted(unit=UNIT, total=total, pending=pending))
    if pending:
        journal = shop.journal(UNIT)
        before = journal.read().last
        run = _open_run(shop, build, image)
        keep_texts(shop.project, UNIT, (run, before.id if before else None), build.host)
        for step in todo:
            if not step.recipe.every_run:
                image = _run_and_commit(shop, build, journal, run, image, step)
        opened = journal.read().open
        base = opened.base if opened else image
        journal.run_completed(run, image, Left(layers=new_layers(shop.engine, image, base)))
    shop.tell(UnitFinished(unit=UNIT, ran=pending, seconds=time.monotonic() - started, result=None))
    return image


def _is_done(step: Step, done: Mapping[str, str]) -> bool:
    return not step.recipe.every_run and done.get(step.name) == step.key


def _best_image(shop: Workshop, build: HostBuild) -> tuple[str, Mapping[str, str]]:
    """The image that has most of the plan, newest first, and its steps; else the bare seed.

    An image of another project counts where it has nothing that this one would not have. Only
    where the last run's has not all of the plan, the store is listed: of many images, that takes
    seconds.
    """
    last = _last_image(shop, build)
    if last:
        return last.id, steps_of(last)
    images = shop.engine.images(f"{SEED_LABEL}={build.seed.identity}")
    if build.anew:
        begun = {name: done.key for name, done in _done_anew(shop, build).items()}
        images = tuple(image for image in images if steps_of(image) == begun)
    best = best_image(images, build.plan, shop.identity)
    if best:
        return best.id, steps_of(best)
    if not build.seed.image:
        raise BhError(
            f"seed {build.seed.identity}: its host images went while they were looked at",
            remedy="run the same command again",
        )
    return build.seed.image, {}


def _last_image(shop: Workshop, build: HostBuild) -> Image | None:
    """The image of the last run, if it has all of the plan."""
    image = shop.journal(UNIT).read().image
    found = shop.engine.image(image) if image and not build.anew else None
    if found is None or found.labels.get(SEED_LABEL) != build.seed.identity:
        return None
    done = steps_of(found)
    todo = (step for step in build.plan.steps if not step.recipe.every_run)
    return found if all(_is_done(step, done) for step in todo) else None


def best_image(images: Iterable[Image], plan: HostPlan, identity: str) -> Image | None:
    """The first of the images that have most of a plan; `identity` is the project's."""
    keys = {step.name: step.key for step in plan.steps}

    def agreement(image: Image) -> int:
        return len(steps_of(image).items() & keys.items())

    def is_ours(image: Image) -> bool:
        if image.labels.get(PROJECT_LABEL) == identity:
            return True
        return steps_of(image).items() <= keys.items()

    return max(filter(is_ours, images), key=agreement, default=None)


def steps_of(image: Image) -> dict[str, str]:
    """The keys of the steps that a host image has, by their names."""
    return dict(json.loads(image.labels.get(STEPS_LABEL, "{}")))


def _done_anew(shop: Workshop, build: HostBuild) -> Mapping[str, Done]:
    """The checkpoints that an open run has done, if it is one that began with the bare seed."""
    run = shop.journal(UNIT).read().open
    if run is None or run.base != build.seed.image:
        return {}
    every_run = {step.name for step in build.plan.steps if step.recipe.every_run}
    return {name: done for name, done in run.done.items() if name not in every_run}


def _open_run(shop: Workshop, build: HostBuild, image: str) -> str:
    journal = shop.journal(UNIT)
    state = journal.read()
    if state.open and not (build.anew and state.open.base != build.seed.image):
        return state.open.id
    run = Run(id=new_run(), base=image, seed=shop.settings.seed)
    journal.run_opened(run, done={} if build.anew else None)
    return run.id


def _run_and_commit(
    shop: Workshop, build: HostBuild, journal: Journal, run: str, image: str, step: Step
) -> str:
    spec = ContainerSpec(
        name=container_of(run),
        image=image,
        mounts=_mounts(shop, build, run),
        environment=ENVIRONMENT,
        labels=shop.labels(UNIT),
    )
    kept = shop.ready_container(spec)
    bench = Bench(
        unit=UNIT,
        container=spec.name,
        logs=shop.logs(UNIT, run),
        total=len(build.plan.steps),
        engine=shop.engine,
        journal=journal,
        tell=shop.tell,
        interrupt=shop.interrupt,
        budget=shop.budget,
    )
    base = shop.engine.image(image)
    done = steps_of(base) if base else {}
    state = journal.read()
    begun = state.open.begun if state.open and kept else None
    plan = build.plan.steps
    for one in left_first([one for one in plan if one.recipe.every_run or one is step], begun):
        before = state.done.get(one.name)
        number = plan.index(one) + 1
        adapted = _adapted(build.plan, one, step, done)
        run_step(bench, adapted, number, last=before.fingerprint if before else None)
    committed = _commit(shop, build, spec.name, {**done, step.name: step.key})
    shop.engine.remove_container(spec.name)
    return committed


def _commit(shop: Workshop, build: HostBuild, container: str, done: Mapping[str, str]) -> str:
    names = json.dumps(done, sort_keys=True)
    tag = hashlib.sha256(f"{build.seed.identity} {names}".encode()).hexdigest()[:16]
    labels = {SEED_LABEL: build.seed.identity, STEPS_LABEL: names, **shop.labels(UNIT)}
    return save(shop.engine, container, f"{REPOSITORY}:{tag}", labels)


def _adapted(plan: HostPlan, step: Step, purpose: Step, done: Mapping[str, str]) -> Step:
    """A step as it runs in an image where the steps named in `done` were done before.

    The first world is built anew. crossdev runs for a new tuple alone. What of make.conf is only
    right once there are cross toolchains is off until then; `purpose` is the step that is
    committed.
    """
    tuning = dict(step.recipe.tuning)
    if step.name == "world" and step.name not in done:
        tuning["BH_WORLD_OPTIONS"] = FIRST_WORLD
    elif step in plan.toolchains.values() and step.name in done:
        tuning["BH_CROSSDEV"] = "true"
    elif step.recipe.every_run and _knows_crossing(plan, purpose, done):
        tuning["BH_OFF"] = ""
    return replace(step, recipe=replace(step.recipe, tuning=tuning))


def _knows_crossing(plan: HostPlan, purpose: Step, done: Mapping[str, str]) -> bool:
    """Whether rust's cross targets have all that their ebuild asks for."""
    needed = [*plan.toolchains.values()]
    if purpose not in plan.rusts.values():
        needed += plan.rusts.values()
    return all(step.name in done for step in needed)


def _mounts(shop: Workshop, build: HostBuild, run: str) -> tuple[Mount, ...]:
    host = build.host
    binpkgs = shop.project.binpkgs(UNIT)
    binpkgs.mkdir(parents=True, exist_ok=True)
    return (
        *shop.shared_mounts(UNIT, run),
        Bind(source=host.directory, destination=places.HOST_CONFIG, read_only=True),
        Bind(source=binpkgs, destination=places.HOST_BINPKGS),
        *repository_mounts(host.directory, host.repositories),
    )
