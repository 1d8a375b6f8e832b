"""The snapshots of a project: a directory for each, which appears and goes in one act.

What a process that was killed left half-done has a name that begins with a dot. The next command
that changes something finishes a removal, and throws everything else away.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from bh_container.durable import move_durably, remove, write_durably
from bh_container.errors import BhError
from bh_container.history.snapshot import MANIFEST, Snapshot, decode, encode

PARTIAL = ".partial."
REMOVING = ".removing."
NEWEST = "newest"


class SnapshotUnknown(BhError):
    """A word that names no snapshot, or more than one."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """`directory` is the project's `history/`."""

    directory: Path

    def ids(self) -> tuple[str, ...]:
        """All snapshots, the oldest first."""
        found = self.directory.glob(f"[!.]*/{MANIFEST}")
        return tuple(sorted((file.parent.name for file in found), key=_age))

    def read(self, snapshot: str) -> Snapshot:
        """The snapshot of this id; raises `BhError` where its manifest is none."""
        file = self.directory / snapshot / MANIFEST
        return decode(file.read_text(encoding="utf-8"), file)

    def all(self) -> tuple[Snapshot, ...]:
        """All snapshots, the oldest first."""
        return tuple(map(self.read, self.ids()))

    def newest(self) -> Snapshot | None:
        """The one that was taken last."""
        ids = self.ids()
        return self.read(ids[-1]) if ids else None

    def find(self, word: str) -> Snapshot:
        """The snapshot with this id, tag, or beginning of an id; `newest` is the last one.

        Raises `SnapshotUnknown` with the candidates.
        """
        found = self.all()
        names = {name: one for one in found for name in one.tags} | {one.id: one for one in found}
        if found:
            names.setdefault(NEWEST, found[-1])
        if word in names:
            return names[word]
        begun = [one for one in found if one.id.startswith(word)]
        if len(begun) == 1:
            return begun[0]
        if begun:
            ids = ", ".join(one.id for one in begun)
            raise SnapshotUnknown(f"'{word}' is more than one snapshot: {ids}", remedy="name one")
        close = " or ".join(get_close_matches(word, names, n=3))
        raise SnapshotUnknown(
            f"{self.directory}: there is no snapshot '{word}'",
            remedy=f"did you mean {close}?" if close else "bh-container history list names them",
        )

    def new_id(self) -> str:
        """An id that no snapshot has: the time (UTC), with a number behind it where it is taken."""
        now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        names, number = [now], 1
        while (self.directory / names[-1]).exists():
            number += 1
            names.append(f"{now}-{number}")
        return names[-1]

    def put(self, snapshot: Snapshot) -> None:
        """Have the snapshot appear, or be another one; what it names must be there already."""
        if (self.directory / snapshot.id / MANIFEST).exists():
            self.rewrite(snapshot)
            return
        partial = self.directory / f"{PARTIAL}{snapshot.id}"
        partial.mkdir(parents=True, exist_ok=True)
        write_durably(partial / MANIFEST, encode(snapshot))
        move_durably(partial, self.directory / snapshot.id)

    def rewrite(self, snapshot: Snapshot) -> None:
        """Have a snapshot's manifest say something else."""
        write_durably(self.directory / snapshot.id / MANIFEST, encode(snapshot))

    def tag(self, snapshot: Snapshot, name: str) -> Snapshot:
        """Give a snapshot one more name; a name moves from the snapshot that had it."""
        for other in self.all():
            if name in other.tags and other.id != snapshot.id:
                self.untag(other, name)
        tagged = replace(snapshot, tags=tuple(sorted({*snapshot.tags, name})))
        self.rewrite(tagged)
        return tagged

    def untag(self, snapshot: Snapshot, name: str) -> Snapshot:
        """Take a name from a snapshot."""
        left = replace(snapshot, tags=tuple(tag for tag in snapshot.tags if tag != name))
        self.rewrite(left)
        return left

    def remove(self, snapshot: str, release: Callable[[Snapshot], None]) -> None:
        """Have a snapshot go, and `release` what it named."""
        removing = self.directory / f"{REMOVING}{snapshot}"
        move_durably(self.directory / snapshot, removing)
        _finish_removal(removing, release)

    def sweep(self, release: Callable[[Snapshot], None]) -> tuple[str, ...]:
        """Clear up what killed processes left; return the ids whose removal was finished."""
        removed = []
        for path in self.directory.glob(".*"):
            if path.name.startswith(REMOVING):
                _finish_removal(path, release)
                removed.append(path.name.removeprefix(REMOVING))
            elif path.name.startswith(PARTIAL):
                shutil.rmtree(path)
        return tuple(removed)


def _age(snapshot: str) -> tuple[str, int]:
    """What sorts ids by their time: the tenth of a second comes after the ninth."""
    moment, _, number = snapshot.partition("-")
    return moment, int(number) if number.isdecimal() else 1


def _finish_removal(removing: Path, release: Callable[[Snapshot], None]) -> None:
    manifest = removing / MANIFEST
    if manifest.exists():
        release(decode(manifest.read_text(encoding="utf-8"), manifest))
    # The manifest goes last: it knows what is still to be released.
    for path in removing.iterdir():
        if path != manifest:
            remove(path)
    shutil.rmtree(removing)
