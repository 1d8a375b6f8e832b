"""A snapshot: what all finished runs of a project came to, at one moment.

It holds images, by their ids, and what is known to be done in each: enough for the next build to
go on as if it stood where the snapshot was taken.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bh_container.config.settings import HistType
from bh_container.errors import BhError
from bh_container.plan.step import Done, done_in

FORMAT = 1
MANIFEST = "manifest.json"
HOST = "host"
BINPKGS = ".binpkgs"
"""Behind a unit's name: its binary packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The saved state of the host or of a target.

    For the host, `seed` identifies the root filesystem that its image began as; for a target it
    is the setting's value, beside the `run` that saved the image and its `result` in builds/.
    `size` is that of the image in bytes, `own` what no image of the parent snapshot has.
    """

    image: str
    steps: Mapping[str, Done]
    seed: str | None = None
    run: str | None = None
    result: str | None = None
    size: int = 0
    own: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An export of one part: a squashfs file, or a directory with a listing of it.

    `sha256` is that of the file or the listing, `size` what it takes in bytes. `links` are the
    files that were one file of several names: squashfs as gensquashfs packs it has a copy (of the
    same blocks) under each.
    """

    kind: HistType
    sha256: str
    size: int
    links: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`parts` has the host, and each target by its full name.

    `project` made it; `parent` is the snapshot that its newest part was built on; `lock` the text
    of the project's lock. `tags` keep it from being cleaned away. `archives` are the exports, by
    the unit, or by the unit with `BINPKGS` behind it.
    """

    id: str
    project: str
    parent: str | None
    parts: Mapping[str, Part]
    lock: str | None = None
    tags: tuple[str, ...] = ()
    archives: Mapping[str, Archive] = field(default_factory=dict)

    @property
    def targets(self) -> tuple[str, ...]:
        """The full names of the targets that it holds, sorted."""
        return tuple(sorted(self.parts.keys() - {HOST}))

    @property
    def exported(self) -> bool:
        """Whether there is an export of every part."""
        return self.parts.keys() <= self.archives.keys()

    @property
    def images(self) -> dict[str, str]:
        """The id of each part's image."""
        return {unit: part.image for unit, part in self.parts.items()}

    @property
    def size(self) -> int:
        """Bytes of all its images; layers that two of them share count twice."""
        return sum(part.size for part in self.parts.values())

    @property
    def own(self) -> int:
        """Bytes that this snapshot added to those of its parent."""
        return sum(part.own for part in self.parts.values())


def encode(snapshot: Snapshot) -> str:
    """The manifest's text."""
    sizes = {"size": snapshot.size, "own": snapshot.own}
    return json.dumps({"format": FORMAT, **asdict(snapshot), **sizes}, indent=2) + "\n"


def decode(text: str, file: Path) -> Snapshot:
    """A manifest's text again; raises `BhError`, naming the file, for anything else."""
    try:
        found: dict[str, Any] = json.loads(text)
        if found["format"] != FORMAT:
            raise BhError(
                f"{file}: format {found['format']} is not {FORMAT}",
                remedy="use the version of bh-container that made this snapshot",
            )
        return Snapshot(
            id=found["id"],
            project=found["project"],
            parent=found["parent"],
            parts={unit: _part(part) for unit, part in found["parts"].items()},
            lock=found["lock"],
            tags=tuple(found["tags"]),
            archives={name: _archive(entry) for name, entry in found["archives"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BhError(
            f"{file}: this is no manifest of a snapshot ({error})", remedy="remove its directory"
        ) from None


def _part(found: dict[str, Any]) -> Part:
    steps = {name: done_in(done) for name, done in found["steps"].items()}
    return Part(**{**found, "steps": steps})


def _archive(found: dict[str, Any]) -> Archive:
    links = tuple(tuple(names) for names in found["links"])
    return Archive(**{**found, "kind": HistType(found["kind"]), "links": links})
