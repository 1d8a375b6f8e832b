"""The steps that turn a seed into a host image: the environment that every target is built in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bh_container.config.host import Host
from bh_container.config.target import Target
from bh_container.plan.step import Recipe, Step, chain, contents

FIRST_WORLD = "--emptytree"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlan:
    """`common` is one chain; each cross toolchain stands behind its end, beside the others."""

    common: tuple[Step, ...]
    toolchains: Mapping[str, Step]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in the order in which they run."""
        return (*self.common, *self.toolchains.values())


def plan_host(
    host: Host,
    targets: Iterable[Target],
    *,
    seed: str,
    tuning: Mapping[str, str],
    scripts: Mapping[str, str],
) -> HostPlan:
    """Plan the host for these targets.

    `seed` identifies the root filesystem to start from; `tuning` is the environment that speeds
    emerge up without changing what it builds.
    """
    common = chain(_common(host, tuning), after=seed, scripts=scripts)
    toolchains = {}
    tuples = {target.tuple: library_links(target) for target in targets}
    for name, directories in sorted(tuples.items()):
        recipe = Recipe(
            name=f"crossdev:{name}",
            script="host/crossdev.sh",
            environment={"BH_TUPLE": name, "BH_LIBDIRS": directories},
            tuning=tuning,
        )
        (toolchains[name],) = chain([recipe], after=common[-1].key, scripts=scripts)
    return HostPlan(common=common, toolchains=toolchains)


def library_links(target: Target) -> str:
    """The directory that links to `lib` in a merged-usr root of this architecture."""
    return "lib64" if target.lib64 else "lib32"


def _common(host: Host, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    portage = contents(host.files.under("target-portage"))
    repositories = contents(host.files.under("target-portage/repos.conf", "repos"))
    yield Recipe(name="configuration", script="host/configuration.sh", every_run=True)
    yield Recipe(
        name="repositories", script="host/repositories.sh", reads=repositories, tuning=tuning
    )
    yield Recipe(name="portage", script="host/portage.sh", reads=portage, tuning=tuning)
    yield Recipe(
        name="toolchain",
        script="host/toolchain.sh",
        environment={"BH_ELIBC": host.elibc},
        tuning=tuning,
    )
    yield Recipe(name="perl", script="host/perl.sh", tuning=tuning)
    yield Recipe(
        name="world",
        script="host/world.sh",
        environment={"BH_WORLD": " ".join(host.world)},
        tuning={"BH_WORLD_OPTIONS": "", **tuning},
    )
