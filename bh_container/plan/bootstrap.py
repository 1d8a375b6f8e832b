"""The step that builds packages before the rest, with USE flags that hold only meanwhile."""

from collections.abc import Iterable, Mapping

from bh_container.config.bootstrap import First
from bh_container.plan.step import Recipe


def recipes(
    firsts: Iterable[First],
    script: str,
    tuning: Mapping[str, str],
    *,
    wanted: Mapping[str, str] | None = None,
    reads: Mapping[str, str] | None = None,
) -> Iterable[Recipe]:
    """Nothing where there is no such package.

    `wanted` and `reads` are those of the world's step, of which this one is the beginning.
    """
    words = [f"{one.package}|{one.atom}|{','.join(one.use)}" for one in firsts]
    if words:
        yield Recipe(
            name="bootstrap",
            script=script,
            environment={"BH_BOOTSTRAP": " ".join(words), **(wanted or {})},
            reads=reads or {},
            tuning=tuning,
        )
