"""The whole job: seed, host image, then each target."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bh_container import steps
from bh_container.config.host import Host, load_host
from bh_container.config.problems import ConfigInvalid, Problem
from bh_container.config.rust import rust_problems
from bh_container.config.target import Target, load_target
from bh_container.errors import BhError
from bh_container.plan.host import plan_host
from bh_container.plan.target import plan_target, require_supported
from bh_container.run.attend import Desk
from bh_container.run.beginning import Beginning, beginning_of
from bh_container.run.budget import Budget
from bh_container.run.host import HostBuild, build_host
from bh_container.run.snapshot import save_snapshot
from bh_container.run.sysroot import empty_image
from bh_container.run.target import TargetBuild, build_target
from bh_container.run.workshop import Workshop, tuning
from bh_container.seed.choose import Sources, choose_seed
from bh_container.seed.keys import KeySource
from bh_container.seed.lab import LabRecipe
from bh_container.seed.mirror import Mirrors


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be built, read and checked."""

    host: Host
    targets: tuple[Target, ...]


def read_wanted(host: Path, targets: Sequence[Path]) -> Wanted:
    """Read the configurations; raise `ConfigInvalid` with the mistakes of all of them."""
    problems: list[Problem] = []
    loaded_targets = []
    loaded_host = None
    try:
        loaded_host = load_host(host)
    except ConfigInvalid as error:
        problems.extend(error.problems)
    for target in targets:
        try:
            loaded_targets.append(load_target(target))
        except ConfigInvalid as error:
            problems.extend(error.problems)
    if loaded_host is not None:
        problems.extend(rust_problems(loaded_host, loaded_targets))
    if problems or loaded_host is None:
        raise ConfigInvalid(tuple(problems))
    return Wanted(host=loaded_host, targets=tuple(loaded_targets))


def expand_sets(words: Sequence[str], sets: Mapping[str, Sequence[str]]) -> list[str]:
    """Put the targets of a set in the place of its name: `@boards`."""
    expanded: list[str] = []
    for word in words:
        if not word.startswith("@"):
            expanded.append(word)
        elif word[1:] in sets:
            expanded.extend(sets[word[1:]])
        else:
            known = ", ".join(f"@{name}" for name in sorted(sets)) or "none"
            raise BhError(
                f"{word}: there is no such set of targets",
                remedy=f"sets are named in bh-container.yaml; there are: {known}",
            )
    return expanded


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
    for target in wanted.targets:
        require_supported(target)
    beginning = beginning_of(shop)
    seed = choose_seed(shop.engine, shop.settings.seed, seed_sources(shop), shop.tell)
    desk = Desk(shop.interrupt, shop.ask)
    shop = replace(shop, ask=shop.ask_aside or desk.ask)
    scripts, speed = steps.load_scripts(), tuning(shop.settings)
    plan = plan_host(wanted.host, wanted.targets, seed=seed.identity, tuning=speed, scripts=scripts)
    anew = host_anew(shop, wanted, beginning)
    host = HostBuild(host=wanted.host, plan=plan, seed=seed, anew=anew)
    image = desk.attend(lambda: build_host(shop, host))
    jobs = [
        TargetBuild(
            target=target,
            steps=plan_target(
                target,
                toolchain=plan.toolchains[target.tuple].key,
                tuning=speed,
                scripts=scripts,
            ),
            host_image=image,
            seed=seed.identity,
            beginning=beginning,
        )
        for target in wanted.targets
    ]
    budget = Budget(total=shop.settings.jobs, parties=len(jobs))
    target_shop = replace(shop, budget=budget)
    return desk.attend(lambda: _side_by_side(target_shop, jobs, image))


def host_anew(shop: Workshop, wanted: Wanted, beginning: Beginning | None) -> bool:
    """Whether the host starts from nothing: not where a target goes on that did so before."""
    if beginning is None or beginning.parts:
        return False
    runs = [shop.journal(target.full_name).read().open for target in wanted.targets]
    nothing = empty_image(shop.engine)
    return not any(run and run.base == nothing for run in runs)


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
        save_snapshot(shop, host_image)
    for error in errors:
        if not isinstance(error, BhError):
            raise error
    if len(errors) > 1:
        raise TargetsFailed([error for error in errors if isinstance(error, BhError)])
    for error in errors:
        raise error
    return [future.result() for future in futures]


def seed_sources(shop: Workshop) -> Sources:
    """Where seeds come from, as the settings say."""
    settings, project = shop.settings, shop.project
    mirrors = Mirrors(
        urls=settings.tarball_mirror,
        flavour=settings.stage3_flavour,
        architecture=settings.stage3_arch,
        keys=KeySource(
            signers=settings.stage3_signers, file=settings.stage3_key, cache=project.keys
        ),
        directory=project.seeds,
    )
    return Sources(lab=lab_recipe(shop), mirrors=mirrors, unsigned=settings.unsigned_seed)


def lab_recipe(shop: Workshop) -> LabRecipe:
    """Where the lab seed's recipe and its files are in a project."""
    return LabRecipe(
        directory=shop.project.containerfiles / "lab",
        distfiles=shop.project.root / shop.settings.distfiles,
        work=shop.project.seeds,
    )
