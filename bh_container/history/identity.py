"""What tells the objects of one project from those of another in the same Podman store.

The id lies in the project's `volumes/` and moves with it: nothing knows the project's path. Beside
the id stands the number (inode(7)) of the file that it was written into: a file with another number
is a copy, and `bh_container.run.settle` gives the project of that one an id of its own. The
images that hold its runs carry the id in their names, and everything it makes carries it as a
label. Host images are named by their content, and belong to every project that uses them.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from bh_container.durable import sync
from bh_container.seed.seed import REPOSITORY

PROJECT_LABEL = "bh-container.project"
HISTORY_REPOSITORY = "localhost/bh-container/history"
SYSROOT_REPOSITORY = "localhost/bh-container/sysroot"
_COMPONENT = re.compile(r"[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*")
"""https://pkg.go.dev/github.com/distribution/reference: path-component."""


def project_id(file: Path) -> str:
    """The id that a project has; made, once, where it has none."""
    known = known_id(file)
    if known is not None:
        return known
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    write_id(new, new_id())
    try:
        os.link(new, file)
    except FileExistsError:
        pass  # another process was first, and its id is the project's
    finally:
        new.unlink()
    sync(file.parent)
    return _words(file)[0]


def known_id(file: Path) -> str | None:
    """The id that a project has; None where it has none yet, or a full disk left the file empty."""
    try:
        return next(iter(_words(file)), None)
    except FileNotFoundError:
        return None


def former_ids(file: Path) -> tuple[str, ...]:
    """The ids that it had before it was copied, the newest first."""
    return tuple(_words(file)[2:])


def is_copied(file: Path) -> bool:
    """Whether this is not the file that the id was written into.

    A directory that is moved to another filesystem is copied. A file of an earlier version, which
    has the id alone, is taken for the original.
    """
    try:
        words = _words(file)
        return len(words) > 1 and words[1] != str(file.stat().st_ino)
    except FileNotFoundError:
        return False


def is_unmarked(file: Path) -> bool:
    """Whether a project has an id of an earlier version, which no number stands beside."""
    try:
        return len(_words(file)) == 1
    except FileNotFoundError:
        return False


def new_id() -> str:
    """An id that no project has."""
    return secrets.token_hex(6)


def write_id(file: Path, identity: str, former: Sequence[str] = ()) -> None:
    """Have a file, which nobody else looks at yet, hold an id, and be known as the original."""
    with file.open("w", encoding="ascii") as stream:
        words = (identity, os.fstat(stream.fileno()).st_ino, *former)
        stream.write(" ".join(map(str, words)) + "\n")
    sync(file)


def _words(file: Path) -> list[str]:
    return file.read_text(encoding="ascii").split()


def snapshot_reference(project: str, unit: str, snapshot: str) -> str:
    """The name by which a snapshot holds the image of the host or of a target."""
    return f"{HISTORY_REPOSITORY}/{project}/{component(unit)}:{snapshot}"


def run_reference(project: str, unit: str, run: str) -> str:
    """The name of the image that a target's run saved, until a snapshot holds it."""
    return f"{SYSROOT_REPOSITORY}/{project}/{component(unit)}:{run}"


def seed_reference(project: str, image: str) -> str:
    """The name by which a project holds a seed's image."""
    return f"{REPOSITORY}/{project}/held:{image}"


def component(unit: str) -> str:
    """A unit's name where only small letters and few signs may stand; two never become one."""
    if _COMPONENT.fullmatch(unit):
        return unit
    plain = re.sub("[^a-z0-9]+", "-", unit.lower()).strip("-")
    digest = hashlib.sha256(unit.encode()).hexdigest()[:8]
    return f"{plain}-{digest}" if plain else digest
