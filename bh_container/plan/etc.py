"""`/etc` of a stacked list: its packages see what its ancestors have there, and change a copy.

A package that adds an account, or a path to the environment, rewrites a file that belongs to no
package. Without its ancestors' version it would make one of its own, which hides theirs.
"""

from collections.abc import Iterable, Mapping

from bh_container.config.worlds import PackageList
from bh_container.plan.step import Recipe


def lend(one: PackageList, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """Before the list has a root: what its ancestors have in `/etc`."""
    if one.ancestors:
        yield Recipe(
            name=f"lent:{one.name}",
            script="target/lent.sh",
            environment={"BH_LIST": one.name, "BH_ANCESTORS": " ".join(one.ancestors)},
            tuning=tuning,
        )


def take_back(one: PackageList, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """When its packages are installed: what is as it was belongs to the ancestors alone."""
    if one.ancestors:
        yield Recipe(
            name=f"etc:{one.name}",
            script="target/own-etc.sh",
            environment={"BH_LIST": one.name},
            tuning=tuning,
        )
