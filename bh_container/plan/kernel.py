"""The steps that make a target's kernel and its modules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bh_container.config.atom import parse_atom
from bh_container.config.target import KernelKind, Target
from bh_container.errors import BhError
from bh_container.plan.step import Recipe, contents, package_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Prebuilt:
    """What to take of a kernel that is built already, as regular expressions of grep -E.

    `images` are paths of the kernel, the best first; `release` is the kernel's release, where a
    package holds modules for several.
    """

    images: tuple[str, ...]
    release: str = ".*"


DIST_KERNEL = Prebuilt(
    images=(
        # kernel-build.eclass, dist-kernel_get_image_path
        r"/usr/src/linux-[^/]+/arch/[^/]+/boot/(bzImage|Image\.gz|Image|zImage|vmlinuz\.efi)",
        r"/usr/src/linux-[^/]+/vmlinux",
        r"/boot/(vmlinuz|kernel)-[^/]+",
    )
)
RASPBERRYPI_IMAGE = {
    "arm": Prebuilt(images=(r"/boot/kernel\.img",), release=r"[0-9.]+\+"),
    "arm64": Prebuilt(images=(r"/boot/kernel8\.img",), release=r"[0-9.]+-v8\+"),
}
"""By architecture: sys-kernel/raspberrypi-image has kernel and modules for every board there is."""


def require_supported(target: Target, refuse: Callable[[Target, str], BhError]) -> None:
    """Raise what `refuse` makes when this kind of kernel cannot be built."""
    if target.kernel.kind not in KINDS:
        raise refuse(target, f"a kernel of the kind '{target.kernel.kind}'")


def recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """From the package to the kernel, which waits in `/bh/work/kernel` with its modules.

    The kernel comes before the world: ebuilds find its options, and a change of a package does
    not build it again.
    """
    return KINDS[target.kernel.kind](target, tuning)


def clean_recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """What is done at the very end, when nothing needs a configured kernel any more."""
    if target.kernel.kind is KernelKind.SOURCES and not target.skip_mrproper:
        yield Recipe(name="mrproper", script="target/mrproper.sh", tuning=tuning)


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
        reads=contents(target.files.under("linux.config")),
        tuning=tuning,
    )


def _binary(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    package = target.kernel.package or ""
    what = DIST_KERNEL
    if package == "sys-kernel/raspberrypi-image":
        what = RASPBERRYPI_IMAGE[target.build_arch]
    yield _package(target, "kernel-package", tuning)
    yield Recipe(
        name="kernel",
        script="target/kernel-prebuilt.sh",
        environment={
            "BH_PACKAGE": package,
            "BH_IMAGES": " ".join(what.images),
            "BH_RELEASE": what.release,
        },
        tuning=tuning,
    )


KINDS: Mapping[KernelKind, Callable[[Target, Mapping[str, str]], Iterable[Recipe]]] = {
    KernelKind.SOURCES: _from_sources,
    KernelKind.BINARY: _binary,
}


def _package(target: Target, name: str, tuning: Mapping[str, str]) -> Recipe:
    return Recipe(
        name=name,
        script="target/kernel-package.sh",
        environment={"BH_ATOMS": " ".join(target.kernel.atoms)},
        reads=package_lines(target.files, _packages(target)),
        tuning=tuning,
    )


def _packages(target: Target) -> list[str]:
    return [parse_atom(atom).package for atom in target.kernel.atoms if atom[0] != "@"]
