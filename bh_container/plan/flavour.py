"""What sets the flavours apart in the images: a stage0 has no package manager, a complete system
is maintained with its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bh_container.config.target import Target
from bh_container.plan.places import final, sysroot
from bh_container.plan.step import Recipe, contents

MUSL = "musl"
GLIBC = "glibc"
LOCALE = "en_US.UTF-8 UTF-8"
"""What glibc's locale.gen asks for; musl has no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`left_out` are directories whose content stays out of the images, though not out of the
    final directories; `masked`: INSTALL_MASK holds there; `portage`: base gets the target's
    configuration of Portage."""

    left_out: str
    masked: bool
    portage: bool


_STAGE0 = Rules(
    left_out="var/db/pkg var/lib/portage var/cache/edb etc/portage", masked=True, portage=False
)
_COMPLETE = Rules(left_out="", masked=False, portage=True)


def rules_of(target: Target) -> Rules:
    """Those of a complete system, or of a stage0 whatever its box."""
    return _COMPLETE if target.complete else _STAGE0


def install_mask(target: Target) -> str:
    """What is left out when a final directory is filled."""
    return (target.install_mask or "") if rules_of(target).masked else ""


def gcc_mask(target: Target) -> str:
    """What sys-devel/gcc leaves out there in place of that."""
    return (target.gcc_install_mask or "") if rules_of(target).masked else ""


def mask_recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """Before final directories are filled: what holds there alone, on every run."""
    if mask := gcc_mask(target):
        yield Recipe(
            name="gcc-mask",
            script="target/gcc-mask.sh",
            environment={"BH_GCC_MASK": mask},
            tuning=tuning,
            every_run=True,
        )


def library_path(
    target: Target, name: str, root: str, tuning: Mapping[str, str]
) -> Iterable[Recipe]:
    """Where the loader of a root looks for libraries, for a libc that has no ldconfig."""
    if target.elibc == MUSL:
        yield Recipe(
            name=name,
            script="target/library-path.sh",
            environment={"BH_ROOT": root},
            tuning=tuning,
            every_run=root == sysroot(target),
        )


def base_recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """What base gets beside its packages, in the final directory of that list."""
    base = target.lists[0].name
    if rules_of(target).portage:
        yield Recipe(
            name="portage",
            script="target/portage.sh",
            environment={"BH_LIST": base},
            reads=contents(target.files.under("target-portage")),
            tuning=tuning,
        )
    yield from _locale(target, "locale:base", final(base), tuning)


def sysroot_recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """What the sysroot has before its libc."""
    yield from _locale(target, "locale", sysroot(target), tuning)


def _locale(target: Target, name: str, root: str, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    if target.elibc == GLIBC:
        yield Recipe(
            name=name,
            script="target/locale.sh",
            environment={"BH_ROOT": root, "BH_LOCALE": LOCALE},
            tuning=tuning,
        )
