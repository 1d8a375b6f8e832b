"""The whole job: seed, host image, then each target."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bh_container import steps
from bh_container.config.host import Host, load_host
from bh_container.config.problems import ConfigInvalid, Problem
from bh_container.config.target import Target, load_target
from bh_container.plan.host import plan_host
from bh_container.plan.target import plan_target, require_supported
from bh_container.run.host import HostBuild, build_host
from bh_container.run.target import TargetBuild, build_target
from bh_container.run.workshop import Workshop, tuning
from bh_container.seed.choose import choose_seed
from bh_container.seed.lab import LabRecipe


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
    if problems or loaded_host is None:
        raise ConfigInvalid(tuple(problems))
    return Wanted(host=loaded_host, targets=tuple(loaded_targets))


def build(shop: Workshop, wanted: Wanted) -> list[Path]:
    """Build the targets and return their build directories; what is done is not done again."""
    scripts, speed = steps.load_scripts(), tuning(shop.settings)
    for target in wanted.targets:
        require_supported(target)
    seed = choose_seed(shop.engine, shop.settings.seed, lab_recipe(shop), shop.tell)
    plan = plan_host(wanted.host, wanted.targets, seed=seed.identity, tuning=speed, scripts=scripts)
    image = build_host(shop, HostBuild(host=wanted.host, plan=plan, seed=seed))
    results = []
    for target in wanted.targets:
        toolchain = plan.toolchains[target.tuple].key
        target_steps = plan_target(target, toolchain=toolchain, tuning=speed, scripts=scripts)
        job = TargetBuild(target=target, steps=target_steps, host_image=image, seed=seed.identity)
        results.append(build_target(shop, job))
    return results


def lab_recipe(shop: Workshop) -> LabRecipe:
    """Where the lab seed's recipe and its files are in a project."""
    return LabRecipe(
        directory=shop.project.containerfiles / "lab",
        distfiles=shop.project.root / shop.settings.distfiles,
        work=shop.project.seeds,
    )
