"""What a build starts from, where that is not simply the end of the last one."""

from collections.abc import Mapping
from dataclasses import dataclass

from bh_container.errors import BhError
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST, Part, Snapshot
from bh_container.run.workshop import Workshop

NONE = "none"
LAST = "last"
"""The word for no beginning but the end of the last run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A snapshot's id and parts; with no parts at all, everything starts from nothing."""

    name: str
    parts: Mapping[str, Part]

    def part(self, target: str) -> Part | None:
        """What there is of a target; None for nothing. Raises `BhError` for one not in it."""
        if self.parts and target not in self.parts:
            held = ", ".join(sorted(self.parts.keys() - {HOST}))
            raise BhError(
                f"{target}: the snapshot {self.name} does not hold it",
                remedy=f"build it without --from {self.name}, which holds {held}",
            )
        return self.parts.get(target)


def beginning_of(shop: Workshop) -> Beginning | None:
    """What the setting says: a snapshot, `none`, or (None) the end of the last run.

    Raises `BhError` for a snapshot that is not there, or whose images are not.
    """
    word = shop.settings.build_hist
    if word == LAST:
        return None
    if word == NONE:
        return Beginning(name=NONE, parts={})
    found = find_snapshot(shop, word)
    return Beginning(name=found.id, parts=found.parts)


def find_snapshot(shop: Workshop, word: str, *units: str) -> Snapshot:
    """A snapshot that has these units, and all of its images in Podman's store.

    Raises `BhError` for any other.
    """
    # build-helper's BUILD_HIST is a path.
    found = Shelf(shop.project.history).find(word.rstrip("/").rpartition("/")[2])
    for unit in units:
        if unit not in found.parts:
            held = ", ".join(sorted(found.parts))
            raise BhError(f"snapshot {found.id}: it has no {unit}", remedy=f"it holds {held}")
    for unit, image in found.images.items():
        if shop.engine.image(image) is None:
            raise BhError(
                f"snapshot {found.id}: the image of {unit} is not in Podman's store",
                remedy="bring it back with bh-container history import, from an export of it",
            )
    return found
