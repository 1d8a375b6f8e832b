"""The steps that build one target in a container of the host image, in the order they run."""

from collections.abc import Iterable, Mapping

from bh_container.config.kernel_options import missing_options, needs_of
from bh_container.config.pins import NO_PINS, Pins
from bh_container.config.placement import placement_of
from bh_container.config.problems import ConfigInvalid
from bh_container.config.target import Target
from bh_container.plan import bootstrap, early, images, kernel, places
from bh_container.plan.box import box_of, saved_config_of
from bh_container.plan.features import with_binhost
from bh_container.plan.flavour import sysroot_recipes
from bh_container.plan.native import UNKNOWN, Machine, native_recipes
from bh_container.plan.step import Recipe, Step, chain, contents, package_lines
from bh_container.plan.sync import repositories, sync_of_target


def plan_target(
    target: Target,
    *,
    toolchain: str,
    tuning: Mapping[str, str],
    scripts: Mapping[str, str],
    pins: Pins = NO_PINS,
    machine: Machine = UNKNOWN,
) -> tuple[Step, ...]:
    """Plan a target behind the step of its cross toolchain, whose key is `toolchain`.

    `machine` is what a native target is built for.
    """
    tuning = with_binhost({**_constants(target), **tuning}, target.files)
    recipes = (
        *_sysroot(target, pins, machine, tuning),
        *kernel.kind_of(target).build(target, tuning),
        *_box(target, tuning),
        *_packages(target, tuning),
        *images.recipes(target, tuning),
    )
    return chain(recipes, after=toolchain, scripts=scripts)


def require_possible(target: Target) -> None:
    """Raise ConfigInvalid for a target whose kernel would lack what its images need."""
    if problems := missing_options(target, needs_of(target)):
        raise ConfigInvalid(problems)


def _constants(target: Target) -> dict[str, str]:
    return {
        "BH_TUPLE": target.tuple,
        "BH_NAME": target.name,
        "BH_ARCH": target.build_arch,
        "BH_SYSROOT": places.sysroot(target),
        "BH_TMPDIR": target.portage_tmpdir or places.PORTAGE_TMP,
    }


def _sysroot(
    target: Target, pins: Pins, machine: Machine, tuning: Mapping[str, str]
) -> Iterable[Recipe]:
    (box, box_config), synced = saved_config_of(target), sync_of_target(target.repos_conf)
    yield Recipe(name="skeleton", script="target/skeleton.sh", tuning=tuning)
    yield Recipe(
        name="configuration",
        script="target/configuration.sh",
        environment={
            "BH_BOX": box,
            "BH_BOX_CONFIG": box_config,
            "BH_REPOSITORIES": " ".join(f"{r.name}|{r.location}" for r in synced.all),
        },
        tuning=tuning,
        every_run=True,
    )
    yield from native_recipes(target, machine, tuning)
    yield repositories(
        synced,
        pins,
        contents(target.files.under("target-portage/repos.conf")),
        {**tuning, "PORTAGE_CONFIGROOT": places.sysroot(target)},
    )
    yield from sysroot_recipes(target, tuning)
    yield from early.recipes(target, machine, tuning)


def _box(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """The initramfs's box. It stands before the world: no change of a package compiles it again."""
    if not placement_of(target).initramfs:
        return
    box = box_of(target)
    own = [f"repos/{name}/{box.package}" for name in target.repositories]
    yield Recipe(
        name="box",
        script="target/box.sh",
        environment={
            "BH_BOX": box.package,
            "BH_BOX_CONFIG": box.mini_config,
            **box.mini_variables,
        },
        reads={
            **contents(target.files.under(box.mini_config, *own)),
            **package_lines(target.files, [box.package]),
        },
        tuning=tuning,
    )


def _packages(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    _, box_config = saved_config_of(target)
    parts = ["target-portage", "repos", *([box_config] if box_config else [])]
    wanted, reads = early.wanted(target), contents(target.files.under(*parts))
    yield from bootstrap.recipes(
        target.bootstrap, "target/bootstrap.sh", tuning, wanted=wanted, reads=reads
    )
    yield Recipe(
        name="world",
        script="target/world.sh",
        environment=wanted,
        reads=reads,
        tuning=tuning,
    )
    yield Recipe(name="live", script="target/live.sh", tuning=tuning)
    yield Recipe(name="clean", script="target/clean.sh", tuning=tuning)
    yield from kernel.module_rebuild(target, tuning)
