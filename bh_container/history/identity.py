"""What tells the objects of one project from those of another in the same Podman store.

The id lies in the project's `volumes/` and moves with it: nothing knows the project's path. The
images that hold its runs carry the id in their names, and everything it makes carries it as a
label. Host images are named by their content, and belong to every project that uses them.
"""

import hashlib
import os
import re
import secrets
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
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    new.write_text(f"{secrets.token_hex(6)}\n", encoding="ascii")
    sync(new)
    try:
        os.link(new, file)
    except FileExistsError:
        pass  # another process was first, and its id is the project's
    finally:
        new.unlink()
    sync(file.parent)
    return file.read_text(encoding="ascii").strip()


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
