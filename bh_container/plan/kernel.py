"""The steps that make a target's kernel and its modules."""

from collections.abc import Callable, Iterable, Mapping

from bh_container.config.atom import parse_atom
from bh_container.config.files import portage_lines
from bh_container.config.target import KernelKind, Target
from bh_container.errors import BhError
from bh_container.plan.step import Recipe, contents

PACKAGE_FILES = (
    "package.accept_keywords",
    "package.env",
    "package.license",
    "package.mask",
    "package.unmask",
    "package.use",
)


def require_supported(target: Target, refuse: Callable[[Target, str], BhError]) -> None:
    """Raise what `refuse` makes when this kind of kernel cannot be built."""
    if target.kernel.kind is not KernelKind.SOURCES:
        raise refuse(target, f"a kernel of the kind '{target.kernel.kind}'")


def recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """Sources, configuration and build; the result waits in `/bh/work/kernel`.

    The kernel comes before the world: ebuilds find its options, and a change of a package does
    not build it again.
    """
    yield Recipe(
        name="kernel-sources",
        script="target/kernel-sources.sh",
        environment={"BH_ATOMS": " ".join(target.kernel.atoms)},
        reads=_package_lines(target),
        tuning=tuning,
    )
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


def _package_lines(target: Target) -> dict[str, str]:
    """The lines of `package.*` that speak of the kernel's packages, and of no other.

    Each has its number for a value: of two that differ, Portage obeys the later one.
    """
    packages = [parse_atom(atom).package for atom in target.kernel.atoms if atom[0] != "@"]
    return {
        f"target-portage/{kind}: {line}": str(number)
        for kind in PACKAGE_FILES
        for number, line in enumerate(portage_lines(target.files, kind, packages), start=1)
    }
