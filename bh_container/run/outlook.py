"""What a build would do, and why: read from configurations and journals, without doing any of it.

Podman is only asked which images there are; without it, the journals are believed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bh_container import steps
from bh_container.config.choices import LAB
from bh_container.config.pins import Pins, read_pins
from bh_container.config.problems import ConfigInvalid, Problem
from bh_container.config.project import Project
from bh_container.config.settings import Settings
from bh_container.config.shipped import lab_directory
from bh_container.config.target import Target
from bh_container.config.wanted import Wanted
from bh_container.engine.protocol import Image
from bh_container.plan.change import Change, causes, changes, structure
from bh_container.plan.host import Ground, HostPlan, plan_host
from bh_container.plan.step import Done, Step
from bh_container.plan.target import plan_target, require_possible
from bh_container.run.host import UNIT as HOST
from bh_container.run.host import best_image, steps_of
from bh_container.run.journal import Journal, State
from bh_container.run.left import Left
from bh_container.run.machine import this_machine
from bh_container.run.target import OUTPUT_STEP, reliable, work
from bh_container.run.texts import Configured, kept_texts, texts_of
from bh_container.run.workshop import tuning
from bh_container.seed.lab import lab_identity
from bh_container.seed.seed import SEED_LABEL

ON_EVERY_RUN = "on every run"
NEVER = "never ran"
LAID_OUT = "a new run lays out the whole result"
_READ_FOR_HOST = ("build-arch", "target-portage/profile/make.defaults", "worlds/rust.clean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A step of a unit's plan, counted from 1, and whether it would run.

    `why` has a reason to a line; where there is none, it runs because the step `follows` does,
    the last one before it that has reasons of its own. `seconds` is how long it took last time,
    `memory` how many bytes.
    """

    number: int
    name: str
    runs: bool
    why: tuple[str, ...] = ()
    follows: str | None = None
    seconds: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would be done for the host or a target.

    `after` is the host's step that a target stands behind, None for the host. `left` is what the
    last run left on the disk, where it is known.
    """

    unit: str
    steps: tuple[Expected, ...]
    after: str | None = None
    left: Left | None = None

    @property
    def pending(self) -> tuple[Expected, ...]:
        """The steps that would run."""
        return tuple(step for step in self.steps if step.runs)

    @property
    def seconds(self) -> float:
        """How long that took the last time, as far as it is known."""
        return sum(step.seconds or 0.0 for step in self.pending)

    @property
    def bytes(self) -> int | None:
        """The space that a run will take and keep, where it is known; none, where nothing runs."""
        if not self.pending:
            return 0
        return self.left.total if self.left else None

    @property
    def memory(self) -> int | None:
        """The most memory that one of those took, in bytes, as far as it is known."""
        return max((step.memory for step in self.pending if step.memory is not None), default=None)

    @property
    def is_known(self) -> bool:
        """Whether each of the steps has run before."""
        return all(step.seconds is not None for step in self.pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What is in Podman's store, as far as it was asked: None where it could not be."""

    images: tuple[Image, ...] | None
    identity: str

    def has(self, image: str) -> bool:
        """Whether an image is there; yes, where nobody can say."""
        return self.images is None or any(one.id == image for one in self.images)


def outlook(
    project: Project, settings: Settings, wanted: Wanted, store: Store
) -> tuple[Outlook, ...]:
    """The host first, then each target. Touches nothing; raises ConfigInvalid."""
    pins, machine = read_pins(project.lock), this_machine(settings)
    seed = _seed(project, settings, pins)
    plan = plan_host(
        wanted.host,
        wanted.targets,
        ground=Ground(seed=seed, pins=pins, syncs=settings.seed != LAB, machine=machine),
        tuning=tuning(settings),
        scripts=steps.load_scripts(),
    )
    _require_possible(wanted.targets)
    found = [_of_host(project, wanted, plan, store, seed)]
    scripts, speed = steps.load_scripts(), tuning(settings)
    for target in wanted.targets:
        after = plan.last_for(target.tuple)
        chain = plan_target(
            target,
            toolchain=after.key,
            tuning=speed,
            scripts=scripts,
            pins=pins,
            machine=machine,
        )
        found.append(_of_target(project, target, chain, store, after.name))
    return tuple(found)


def _require_possible(targets: Iterable[Target]) -> None:
    """Raise ConfigInvalid with what is in the way of each target."""
    problems: list[Problem] = []
    for target in targets:
        try:
            require_possible(target)
        except ConfigInvalid as error:
            problems += error.problems
    if problems:
        raise ConfigInvalid(tuple(problems))


def _seed(project: Project, settings: Settings, pins: Pins) -> str:
    """The identity of the seed: the lock's, which follows the recipe of the lab's."""
    recipe = lab_directory(project)
    if settings.seed == LAB and recipe.is_dir():
        return lab_identity(recipe)
    return pins.seed.identity if pins.seed else ""


def _of_host(project: Project, wanted: Wanted, plan: HostPlan, store: Store, seed: str) -> Outlook:
    state = Journal(project.journal_file(HOST)).read()
    if store.images is None:
        done = {name: one.key for name, one in state.done.items()}
    else:
        images = (one for one in store.images if one.labels.get(SEED_LABEL) == seed)
        best = best_image(images, plan, store.identity)
        done = steps_of(best) if best else {}
    keyed = [s for s in plan.steps if not s.recipe.every_run and done.get(s.name) != s.key]
    every = [step for step in plan.steps if step.recipe.every_run] if keyed else []
    past = _Past(project, HOST, state, wanted.host)
    if keyed:
        past.beside = tuple(c for target in wanted.targets for c in _for_host(project, target))
    found = _expected(plan.steps, [*every, *keyed], past)
    return Outlook(unit=HOST, steps=found, left=state.left)


def _of_target(
    project: Project, target: Target, chain: tuple[Step, ...], store: Store, after: str
) -> Outlook:
    state = Journal(project.journal_file(target.full_name)).read()
    done = reliable(project, state, store.has)
    past = _Past(project, target.full_name, state, target)
    if state.image and not done:
        past.lost["*"] = "the image of its last run is not in Podman's store"
    elif OUTPUT_STEP in state.done and OUTPUT_STEP not in done:
        past.lost[OUTPUT_STEP] = "its build directory is not there any more"
    found = _expected(chain, work(chain, state, done), past)
    return Outlook(unit=target.full_name, steps=found, after=after, left=state.left)


def _for_host(project: Project, target: Target) -> Iterator[Change]:
    """What has changed in a target that decides how the host's toolchain for it is made."""
    last = Journal(project.journal_file(target.full_name)).read().last
    texts = kept_texts(project, target.full_name, last.id) if last else None
    for change in changes(texts, texts_of(target)) if texts is not None else ():
        if change.file in _READ_FOR_HOST:
            yield replace(change, file=f"{target.full_name}/{change.file}")


class _Past:
    """What a unit's journal and kept texts say about its steps. Texts are read when asked for."""

    def __init__(self, project: Project, unit: str, state: State, configured: Configured) -> None:
        self.project, self.unit, self.state = project, unit, state
        self.configured = configured
        self.lost: dict[str, str] = {}
        self.beside: tuple[Change, ...] = ()
        self._changes: dict[str, tuple[Change, ...]] = {}

    def done(self, step: Step) -> tuple[Done | None, str | None]:
        """How a step ran last, and the run whose configuration it saw."""
        last, opened = self.state.last, self.state.open
        before = last.done.get(step.name) if last else None
        now = opened.done.get(step.name) if opened else None
        if opened and now and now != before:
            return now, opened.id
        return before, last.id if last and before else None

    def changes(self, run: str | None) -> tuple[Change, ...]:
        """What has changed in the configuration since a run, as far as it is known."""
        if run is None:
            return ()
        if run not in self._changes:
            texts = kept_texts(self.project, self.unit, run)
            now = texts_of(self.configured) if texts is not None else {}
            found = changes(texts, now) if texts is not None else ()
            self._changes[run] = (*found, *self.beside)
        return self._changes[run]

    def why(self, step: Step) -> tuple[str, ...]:
        """The reasons of the step's own, beside what the steps before it did."""
        done, run = self.done(step)
        reasons = [*self._broken(step)]
        if words := self.lost.get(step.name) or self.lost.get("*"):
            return (*reasons, words)
        if done is not None:
            return (*reasons, *causes(step, done.fingerprint, self.changes(run)))
        last = self.state.last
        reasons += structure(self.changes(last.id)) if last else ()
        return tuple(reasons) or (NEVER,)

    def _broken(self, step: Step) -> Iterator[str]:
        opened = self.state.open
        if opened and opened.broke and opened.broke.step == step.name:
            status = opened.broke.status
            yield "was interrupted" if status is None else f"failed with status {status}"
        elif opened and opened.begun and opened.begun.step == step.name:
            yield "was begun and is not known to be finished"


def _expected(plan: Sequence[Step], pending: Sequence[Step], past: _Past) -> tuple[Expected, ...]:
    found: list[Expected] = []
    names = {step.name for step in pending}
    follows: str | None = None
    for number, step in enumerate(plan, start=1):
        done, _ = past.done(step)
        one = Expected(
            number=number,
            name=step.name,
            runs=step.name in names,
            seconds=done.seconds if done else None,
            memory=done.memory if done else None,
        )
        if not one.runs:
            found.append(one)
            continue
        why = (ON_EVERY_RUN,) if step.recipe.every_run else past.why(step)
        if not why and follows is None:
            same = done is not None and done.key == step.key
            why = (LAID_OUT,) if same else ("the host that it stands on changes",)
        found.append(replace(one, why=why, follows=None if why else follows))
        if why and not step.recipe.every_run:
            follows = step.name
    return tuple(found)
