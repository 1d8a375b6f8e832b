"""What is in a sysroot before the rest is built: the C library, and what much stands on."""

from collections.abc import Iterable, Mapping

from bh_container.config.target import Target
from bh_container.plan import places
from bh_container.plan.flavour import library_path
from bh_container.plan.kernel import PROVIDED
from bh_container.plan.native import Machine, native_reads
from bh_container.plan.step import Recipe, contents

FILES = ("make.conf", "make.profile", "profile", "env", "bashrc", "repos.conf")
"""What decides how a package is built, whichever it is: all of target-portage but package.*."""

LIBRARIES = ("sys-libs/ncurses", "sys-libs/binutils-libs")
"""What of them the lists, or what they need, want comes right after the C library."""


def recipes(target: Target, machine: Machine, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """The C library, where it finds others, and the directories; then the libraries.

    Another list does not build these, and so the kernel, again: what it wants more of them comes
    with the world.
    """
    files = target.files.under(*(f"target-portage/{name}" for name in FILES)).without(PROVIDED)
    yield Recipe(
        name="libc",
        script="target/libc.sh",
        environment={"BH_ATOMS": f"sys-apps/baselayout sys-libs/{target.elibc}"},
        reads={**contents(files), **native_reads(target, machine)},
        tuning=tuning,
    )
    yield from library_path(target, "library-path", places.sysroot(target), tuning)
    yield Recipe(
        name="early",
        script="target/early.sh",
        environment={"BH_EARLY": " ".join(LIBRARIES)},
        tuning={**tuning, **wanted(target)},
    )


def wanted(target: Target) -> dict[str, str]:
    """All that the target's lists and its kernel ask for, as the steps read it."""
    atoms = [atom for one in target.lists for atom in one.atoms]
    return {
        "BH_ATOMS": " ".join(a for a in (*atoms, *target.kernel.atoms) if a[0] != "@"),
        "BH_SETS": " ".join(a for a in atoms if a[0] == "@"),
    }
