"""The snapshot that a successful run leaves: what all runs of the project have come to."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bh_container.events import Note
from bh_container.history.identity import run_reference
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST, Part, Snapshot
from bh_container.history.take import release_images, take_snapshot
from bh_container.plan.step import Done
from bh_container.run.host import SEED_LABEL, STEPS_LABEL
from bh_container.run.lock import exclusive
from bh_container.run.workshop import Workshop

UNIT = "history"


@contextmanager
def changing_history(shop: Workshop) -> Iterator[Shelf]:
    """The project's snapshots, for one process at a time to change; others wait for their turn.

    What killed processes left half-done is cleared up first.
    """
    shelf = Shelf(shop.project.history)
    with exclusive(UNIT, shop.lock(UNIT), wait=True):
        shelf.sweep(lambda snapshot: release_images(shop.engine, snapshot))
        yield shelf


def save_snapshot(shop: Workshop, host_image: str) -> Snapshot | None:
    """Take a snapshot of the host image and of every target's last run.

    None where there is a snapshot of just this already.
    """
    with changing_history(shop) as shelf:
        parts = {HOST: host_part(shop, host_image), **_targets(shop)}
        images = {unit: part.image for unit, part in parts.items()}
        known = shelf.all()
        if any(snapshot.images == images for snapshot in known):
            return None
        wanted = Snapshot(
            id=shelf.new_id(),
            project=shop.identity,
            parent=_parent(shop, parts, known),
            parts=parts,
            lock=_lock(shop),
        )
        snapshot = take_snapshot(shop.engine, shelf, wanted)
        for unit, part in snapshot.parts.items():
            if part.run is not None:
                shop.engine.remove_image(run_reference(shop.identity, unit, part.run))
    mebibytes = f"{snapshot.own / 2**20:.1f} MiB of {snapshot.size / 2**20:.1f} MiB are new"
    shop.tell(Note(unit=UNIT, text=f"snapshot {snapshot.id}: {mebibytes}"))
    return snapshot


def host_part(shop: Workshop, image: str) -> Part:
    """What is known of a host image: its labels have its seed and the keys of its steps."""
    found = shop.engine.image(image)
    labels = found.labels if found else {}
    known = shop.journal(HOST).read().done
    keys: Mapping[str, str] = json.loads(labels.get(STEPS_LABEL, "{}"))
    steps = {
        name: known[name]
        if name in known and known[name].key == key
        else Done(key=key, fingerprint={}, seconds=0.0)
        for name, key in keys.items()
    }
    return Part(image=image, steps=steps, seed=labels.get(SEED_LABEL))


def _targets(shop: Workshop) -> dict[str, Part]:
    """Every target whose last run is still there, whoever built it, and when."""
    parts = {}
    for directory in shop.project.target_directories():
        state = shop.journal(directory.name).read()
        if state.last is None or state.image is None or shop.engine.image(state.image) is None:
            continue
        parts[directory.name] = Part(
            image=state.image,
            steps=state.last.done,
            seed=state.last.seed,
            run=state.last.id,
            result=state.result,
        )
    return parts


def _parent(shop: Workshop, parts: Mapping[str, Part], known: tuple[Snapshot, ...]) -> str | None:
    """The newest snapshot that has what a new part was built on; else the newest of all."""
    old = {image for one in known for image in one.images.values()}
    new = [unit for unit, part in parts.items() if unit != HOST and part.image not in old]
    bases = {run.base for unit in new if (run := shop.journal(unit).read().last)}
    built_on = [one for one in reversed(known) if bases & set(one.images.values())]
    return next((one.id for one in (*built_on, *reversed(known))), None)


def _lock(shop: Workshop) -> str | None:
    try:
        return shop.project.lock.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
