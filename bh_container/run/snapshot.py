"""The snapshot that a successful run leaves: what all runs of the project have come to."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.history.identity import run_reference
from bh_container.history.shelf import NEWEST, Shelf
from bh_container.history.snapshot import HOST, Part, Snapshot
from bh_container.history.take import release_images, take_snapshot, users_of
from bh_container.plan.step import Done
from bh_container.run.beginning import LAST, NONE
from bh_container.run.host import STEPS_LABEL
from bh_container.run.lock import exclusive
from bh_container.run.workshop import Workshop
from bh_container.seed.seed import SEED_LABEL

UNIT = "history"
TRANSFER = "exports"
"""The lock of whoever reads or writes exports."""

TAG = re.compile("[A-Za-z][A-Za-z0-9._-]*")
RESERVED = (NEWEST, NONE, LAST)


class Kept(BhError):
    """A snapshot that is not removed without more words."""

    def __init__(self, snapshot: str, reason: str) -> None:
        super().__init__(f"snapshot {snapshot}: {reason}", remedy="give --force to remove it")


@contextmanager
def changing_history(shop: Workshop) -> Iterator[tuple[Shelf, tuple[str, ...]]]:
    """The project's snapshots, for one process at a time to change; others wait for their turn.

    What killed processes left half-done is cleared up first; beside the shelf there are the ids
    of the snapshots whose removal was finished so.
    """
    shelf = Shelf(shop.project.history)
    with exclusive(UNIT, shop.lock(UNIT), wait=True):
        yield shelf, shelf.sweep(lambda snapshot: release_images(shop.engine, snapshot))


def save_snapshot(shop: Workshop, host_image: str) -> Snapshot | None:
    """Take a snapshot of the host image and of every target's last run.

    None where there is a snapshot of just this already.
    """
    with changing_history(shop) as (shelf, _):
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
            if unit != HOST and part.run is not None:
                shop.engine.remove_image(run_reference(shop.identity, unit, part.run))
    mebibytes = f"{snapshot.own / 2**20:.1f} MiB of {snapshot.size / 2**20:.1f} MiB are new"
    shop.tell(Note(unit=UNIT, text=f"snapshot {snapshot.id}: {mebibytes}"))
    return snapshot


def remove_snapshots(shop: Workshop, words: Sequence[str], *, force: bool) -> tuple[str, ...]:
    """Remove the snapshots of these names; return the ids of all that are gone.

    Raises `Kept`, before anything is removed, for one that has a tag or that a target's next
    build needs, unless by `force`.
    """
    with (
        exclusive("the exports", shop.lock(TRANSFER)),
        changing_history(shop) as (shelf, swept),
    ):
        chosen = [shelf.find(word) for word in words if word not in swept]
        going = {one.id: one for one in chosen}
        left = [one for one in shelf.all() if one.id not in going]
        for snapshot in going.values():
            reason = _why_kept(shop, snapshot, left)
            if reason is not None and not force:
                raise Kept(snapshot.id, reason)
        for name in going:
            shelf.remove(name, lambda one: release_images(shop.engine, one))
    return (*swept, *going)


def tag_snapshot(shop: Workshop, word: str, tag: str) -> Snapshot:
    """Give a snapshot a tag; raises `BhError` for one that could be taken for something else."""
    if not TAG.fullmatch(tag) or tag in RESERVED:
        raise BhError(
            f"'{tag}' is no tag",
            remedy="begin with a letter; use letters, digits, '.', '_' and '-'; "
            f"not one of {', '.join(RESERVED)}",
        )
    with changing_history(shop) as (shelf, _):
        return shelf.tag(shelf.find(word), tag)


def untag_snapshot(shop: Workshop, word: str, tag: str) -> Snapshot:
    """Take a tag from a snapshot; one that it does not have is no error."""
    with changing_history(shop) as (shelf, _):
        return shelf.untag(shelf.find(word), tag)


def host_part(shop: Workshop, image: str) -> Part:
    """What is known of a host image: its labels have its seed and the keys of its steps."""
    found = shop.engine.image(image)
    labels = found.labels if found else {}
    state = shop.journal(HOST).read()
    known = state.done
    keys: Mapping[str, str] = json.loads(labels.get(STEPS_LABEL, "{}"))
    steps = {
        name: known[name]
        if name in known and known[name].key == key
        else Done(key=key, fingerprint={}, seconds=0.0)
        for name, key in keys.items()
    }
    run = state.last.id if state.last else None
    return Part(image=image, steps=steps, seed=labels.get(SEED_LABEL), run=run)


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


def _why_kept(shop: Workshop, snapshot: Snapshot, left: Sequence[Snapshot]) -> str | None:
    """What speaks against its removal, where these others are left."""
    if users := users_of(shop.engine, snapshot):
        names = ", ".join(one.name for one in users)
        raise BhError(
            f"snapshot {snapshot.id}: its images are in use by {names}",
            remedy="end these runs (bh-container abort TARGET), or remove them: podman rm",
        )
    if snapshot.tags:
        return f"it has the tag {', '.join(snapshot.tags)}"
    for unit in snapshot.targets:
        image = snapshot.images[unit]
        if shop.journal(unit).read().image != image:
            continue
        if not any(one.images.get(unit) == image for one in left):
            return f"the next build of {unit} starts from it"
    return None
