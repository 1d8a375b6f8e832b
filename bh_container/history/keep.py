"""Which snapshots and builds stay: a user's rules, and what is never up for removal."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bh_container.errors import BhError
from bh_container.history.inventory import Inventory, PastSnapshot

_AGE = re.compile(r"([0-9]+)([hdwmy])")
_SECONDS = {"h": 3600, "d": 86400, "w": 7 * 86400, "m": 30 * 86400, "y": 365 * 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one of the rules names stays; without any rule, everything does.

    `last`: so many newest ones. `within`: those of so many last seconds. With `former`, what the
    project left under the ids that it had before can go as well.
    """

    last: int | None = None
    within: float | None = None
    former: bool = False


class Dated(Protocol):
    """What rules choose from."""

    @property
    def id(self) -> str: ...
    @property
    def at(self) -> float: ...


def age_of(text: str) -> float:
    """The seconds of an age such as `30d` (h, d, w, m of 30 days, y); raises `BhError`."""
    found = _AGE.fullmatch(text.strip())
    if not found:
        raise BhError(f"'{text}' is no age", remedy="write one such as 12h, 30d, 8w, 6m or 1y")
    return float(int(found[1]) * _SECONDS[found[2]])


def chosen(things: Sequence[Dated], rules: Rules, now: float) -> frozenset[str]:
    """The ids of those that the rules name, oldest first in `things`; always the newest."""
    if rules.last is None and rules.within is None:
        return frozenset(thing.id for thing in things)
    keep = {thing.id for thing in things[-max(1, rules.last or 0) :]}
    if rules.within is not None:
        keep |= {thing.id for thing in things if thing.at >= now - rules.within}
    return frozenset(keep)


def kept_snapshots(
    snapshots: Sequence[PastSnapshot], rules: Rules, now: float, needed: Iterable[str]
) -> frozenset[str]:
    """The ids of the snapshots that stay: what the rules name, what has a tag, the newest one that
    has a target, and the newest one that has an image of those `needed`.
    """
    keep = set(chosen(snapshots, rules, now))
    keep |= {snapshot.id for snapshot in snapshots if snapshot.pinned}
    newest = {target: one.id for one in snapshots for target, _ in one.runs}
    keep |= set(newest.values())
    held = {image for one in snapshots if one.id in keep for image in one.images}
    holders = {image: one.id for one in snapshots for image in one.images}
    keep |= {holders[image] for image in needed if image in holders and image not in held}
    return frozenset(keep)


def kept_runs(
    inventory: Inventory, snapshots: frozenset[str], rules: Rules, now: float
) -> Mapping[str, frozenset[str]]:
    """For each unit the ids of the runs whose builds and logs stay.

    They are those that the rules name, those of snapshots that stay, and what can be gone on with.
    """
    held = {run for one in inventory.snapshots if one.id in snapshots for run in one.runs}
    kept = {}
    for unit in inventory.units:
        keep = set(chosen(unit.complete, rules, now))
        keep |= {run for name, run in held if name == unit.name}
        keep |= {unit.opened.id} if unit.opened else set()
        kept[unit.name] = frozenset(keep)
    return kept
