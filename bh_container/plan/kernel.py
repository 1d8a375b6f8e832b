"""The steps that make a target's kernel and its modules, by the kind of kernel.

A new kind is a `Kind` of its own in `KINDS`, with the scripts that are not there yet; which kernel
is of that kind says `config/kernel.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bh_container.config.atom import parse_atom
from bh_container.config.kernel import KERNEL_CONFIG
from bh_container.config.target import KernelKind, Target
from bh_container.plan import places, prebuilt
from bh_container.plan.step import Recipe, contents, package_lines

BUILT = "kernel"
"""Where in `/bh/work` a kernel waits with its modules and device trees."""

EMBEDDED = "kernel-embedded"
"""Where in `/bh/work` the same kernel waits with the initramfs in it."""

AGAIN = f"{places.WORK}/kernel-root"
"""Where a dist-kernel is installed that was built a second time."""

PROVIDED = "target-portage/profile/package.provided.kernel"
"""Packages that a complete target does without as long as its kernel is installed."""

Recipes = Callable[[Target, Mapping[str, str]], Iterable[Recipe]]


def _nothing(_target: Target, _tuning: Mapping[str, str]) -> Iterable[Recipe]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`build` leads from the package to `/bh/work/kernel`, `embed` from that and an initramfs to
    `/bh/work/kernel-embedded`, and `clean` is done when nothing needs the kernel's files any more.
    """

    build: Recipes
    embed: Recipes = _nothing
    clean: Recipes = _nothing


def kind_of(target: Target) -> Kind:
    """How this target's kernel is made.

    It comes before the world: ebuilds find its options, and a change of a package does not build
    it again.
    """
    return KINDS[target.kernel.kind]


def module_rebuild(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """After the world: its packages with modules, where those are another kernel's."""
    if target.kernel.kind is not KernelKind.NONE:
        yield Recipe(
            name="module-rebuild",
            script="target/module-rebuild.sh",
            environment={"BH_KERNEL_PACKAGE": target.kernel.package or ""},
            tuning=tuning,
        )


def _from_sources(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    yield _package(target, "kernel-sources", tuning)
    yield Recipe(
        name="kernel-prepare",
        script="target/kernel-prepare.sh",
        tuning=tuning,
        every_run=True,
    )
    yield Recipe(
        name="kernel",
        script="target/kernel.sh",
        environment={"BH_ARCH": target.build_arch},
        reads=contents(target.files.under(KERNEL_CONFIG)),
        tuning=tuning,
    )


def _embed_in_sources(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    yield Recipe(
        name="kernel-embed",
        script="target/kernel-embed.sh",
        environment={"BH_ARCH": target.build_arch},
        tuning=tuning,
    )


def _mrproper(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    if not target.skip_mrproper:
        yield Recipe(name="mrproper", script="target/mrproper.sh", tuning=tuning)


def _dist(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    yield Recipe(
        name="kernel-fragment",
        script="target/kernel-fragment.sh",
        environment={"BH_FRAGMENTS": KERNEL_CONFIG if target.kernel.config else ""},
        tuning=tuning,
        every_run=True,
    )
    yield Recipe(
        name="kernel-package",
        script="target/kernel-dist.sh",
        environment={
            "BH_ATOMS": " ".join(target.kernel.atoms),
            "BH_ATOM": _atom(target),
            "BH_PACKAGE": target.kernel.package or "",
            "BH_PROVIDED": _provided(target),
        },
        reads={**_configuration(target), **contents(target.files.under(KERNEL_CONFIG))},
        tuning=tuning,
    )
    yield _prebuilt(target, "kernel", places.sysroot(target), tuning)


def _embed_in_dist(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    yield Recipe(
        name="kernel-again",
        script="target/kernel-again.sh",
        environment={"BH_ATOM": _atom(target)},
        tuning=tuning,
    )
    yield _prebuilt(target, "kernel-embed", AGAIN, tuning)


def _binary(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    yield _package(target, "kernel-package", tuning)
    yield _prebuilt(target, "kernel", places.sysroot(target), tuning)


KINDS: Mapping[KernelKind, Kind] = {
    KernelKind.SOURCES: Kind(build=_from_sources, embed=_embed_in_sources, clean=_mrproper),
    KernelKind.DIST: Kind(build=_dist, embed=_embed_in_dist),
    KernelKind.BINARY: Kind(build=_binary),
    KernelKind.NONE: Kind(build=_nothing),
}


def _package(target: Target, name: str, tuning: Mapping[str, str]) -> Recipe:
    return Recipe(
        name=name,
        script="target/kernel-package.sh",
        environment={
            "BH_ATOMS": " ".join(target.kernel.atoms),
            "BH_PROVIDED": _provided(target),
        },
        reads=_configuration(target),
        tuning=tuning,
    )


def _configuration(target: Target) -> Mapping[str, str]:
    provided = contents(target.files.under(PROVIDED)) if _provided(target) else {}
    return {**package_lines(target.files, _packages(target)), **provided}


def _provided(target: Target) -> str:
    """A stage0 takes its programs from a box, whatever the kernel's package asks for."""
    return PurePosixPath(PROVIDED).name if target.complete and target.kernel_provided else ""


def _prebuilt(target: Target, name: str, root: str, tuning: Mapping[str, str]) -> Recipe:
    what = prebuilt.prebuilt_of(target)
    return Recipe(
        name=name,
        script="target/kernel-prebuilt.sh",
        environment={
            "BH_FROM": root,
            "BH_KERNEL": EMBEDDED if root == AGAIN else BUILT,
            "BH_PACKAGE": target.kernel.package or "",
            "BH_IMAGES": " ".join(what.images),
            "BH_RELEASE": what.release,
        },
        tuning=tuning,
    )


def _atom(target: Target) -> str:
    """The kernel's own atom among those of worlds/kernel, with a version where it names one."""
    atoms = (atom for atom in target.kernel.atoms if atom[0] != "@")
    return next(atom for atom in atoms if parse_atom(atom).package == target.kernel.package)


def _packages(target: Target) -> list[str]:
    return [parse_atom(atom).package for atom in target.kernel.atoms if atom[0] != "@"]
