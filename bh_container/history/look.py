"""A snapshot as directories to look at: a container of each image, never started, and mounted.

What is written there stays in the container and goes with it; the snapshot never changes.
"""

from pathlib import Path

from bh_container.engine.protocol import ContainerSpec, Engine
from bh_container.history.identity import PROJECT_LABEL, component
from bh_container.history.snapshot import HOST, Snapshot

LOOK_LABEL = "bh-container.look"
SYSROOT = "sysroot"
"""The directory of a target's image that is its sysroot."""


def mount_snapshot(engine: Engine, snapshot: Snapshot) -> dict[str, Path]:
    """Mount every part; return where each one's root, or sysroot, is now."""
    places = {}
    for unit in snapshot.parts:
        root = engine.mount(open_look(engine, snapshot, unit))
        places[unit] = root if unit == HOST else root / SYSROOT
    return places


def unmount_snapshot(engine: Engine, snapshot: Snapshot) -> bool:
    """Remove what `mount_snapshot` made; whether there was anything."""
    found = engine.containers(f"{LOOK_LABEL}={look_mark(snapshot)}")
    for container in found:
        engine.remove_container(container.id)
    return bool(found)


def open_look(engine: Engine, snapshot: Snapshot, unit: str, use: str = "look") -> str:
    """The name of a container of this part's image, made where it is not there yet.

    Those of another `use` have nothing to do with it.
    """
    name = f"bh-{use}-{snapshot.project}-{snapshot.id}-{component(unit)}"
    if engine.container(name) is None:
        image, labels = snapshot.images[unit], look_labels(snapshot)
        engine.create_container(ContainerSpec(name=name, image=image, labels=labels))
    return name


def look_labels(snapshot: Snapshot) -> dict[str, str]:
    """What marks a container that somebody looks at a snapshot with."""
    return {PROJECT_LABEL: snapshot.project, LOOK_LABEL: look_mark(snapshot)}


def look_mark(snapshot: Snapshot) -> str:
    """What tells a snapshot from those of all projects."""
    return f"{snapshot.project}/{snapshot.id}"
