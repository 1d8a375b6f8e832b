"""The configurations that come with the project, copied to be changed, and what they plan."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bh_container import steps
from bh_container.config.host import load_host
from bh_container.config.target import Target, load_target
from bh_container.plan.host import Ground, HostPlan, plan_host
from bh_container.plan.step import Step
from bh_container.plan.target import plan_target

TUPLE = "aarch64-unknown-linux-musl"
NAME = f"{TUPLE}.rpi4-bb-mini"
GROUND = Ground(seed="a seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """The host's plan and the shipped target's."""

    host: HostPlan
    target: tuple[Step, ...]

    def keys(self) -> dict[str, str]:
        """The key of every checkpoint, by unit and step, in the order in which they run."""
        units = {"host": self.host.steps, "target": self.target}
        return {
            f"{unit} {step.name}": step.key
            for unit, chain in units.items()
            for step in chain
            if not step.recipe.every_run
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A copy of what `configs/` has of one target and its host."""

    configs: Path
    name: str = NAME

    @property
    def directory(self) -> Path:
        """The target's."""
        return self.configs / self.name

    def renamed(self, name: str) -> "Shipped":
        """The same, with another name for the target."""
        self.directory.rename(self.configs / name)
        return replace(self, name=name)

    def target(self) -> Target:
        """The target as its files are now."""
        return load_target(self.directory)

    def plans(
        self,
        *,
        others: Iterable[Path] = (),
        tuning: Mapping[str, str] | None = None,
        scripts: Mapping[str, str] | None = None,
        ground: Ground = GROUND,
    ) -> Plans:
        """What the files plan, with the scripts of the project unless others are given."""
        target, tuning = self.target(), tuning or {}
        scripts = scripts or steps.load_scripts()
        targets = [*map(load_target, others), target]
        host = plan_host(
            load_host(self.configs / "host"),
            targets,
            ground=ground,
            tuning=tuning,
            scripts=scripts,
        )
        toolchain = host.last_for(target.tuple).key
        chain = plan_target(
            target, toolchain=toolchain, tuning=tuning, scripts=scripts, machine=ground.machine
        )
        return Plans(host=host, target=chain)


def copy_shipped(to: Path) -> Shipped:
    """A copy of the target and of the project's host, in `configs/` below `to`."""
    source, configs = Path(__file__).parents[1] / "configs", to / "configs"
    host = (source / "host").readlink()
    for name in (str(host), NAME):
        shutil.copytree(source / name, configs / name, symlinks=True)
    (configs / "host").symlink_to(host)
    return Shipped(configs=configs)


def changed(before: Plans, after: Plans) -> list[str]:
    """The checkpoints whose keys differ, in the order in which they run."""
    old, new = before.keys(), after.keys()
    return [name for name in new if old.get(name) != new[name]]
