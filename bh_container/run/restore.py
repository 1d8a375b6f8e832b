"""Bringing a snapshot back from its export: on this machine, or on one that has nothing yet."""

import json
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bh_container.config.settings import HistType
from bh_container.durable import write_durably
from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.history.archives import Place, check_archive, read_archive
from bh_container.history.identity import snapshot_reference
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import BINPKGS, HOST, MANIFEST, Part, Snapshot, decode
from bh_container.history.take import take_snapshot
from bh_container.output.squashfs import unpack
from bh_container.run.binpkgs import add_packages
from bh_container.run.export import telling
from bh_container.run.host import STEPS_LABEL
from bh_container.run.journal import Run
from bh_container.run.lock import STORE, exclusive, shared
from bh_container.run.native import leaves_packages
from bh_container.run.snapshot import TRANSFER, UNIT, changing_history
from bh_container.run.workshop import Workshop
from bh_container.seed.seed import SEED_LABEL

ARCHIVE_LABEL = "bh-container.archive"
"""On an image that was imported: the SHA-256 of its export."""


def import_snapshot(shop: Workshop, directory: Path) -> Snapshot:
    """Import a snapshot, once all of its files have been checked.

    A target that has no complete run here goes on from it; another keeps what it has. Killed, the
    same call goes on. Raises `Damaged` for what is not as its manifest says, `BhError` for a
    target whose run is open.
    """
    given = read_export(directory)
    with ExitStack() as stack:
        stack.enter_context(shared(shop.lock(STORE)))
        stack.enter_context(exclusive("the exports", shop.lock(TRANSFER)))
        for unit in given.parts:
            stack.enter_context(exclusive(unit, shop.lock(unit)))
        refuse_open_runs(shop, given)
        for name, archive in given.archives.items():
            check_archive(Place(directory=directory, name=name), archive)
        snapshot = _restore_images(shop, given, directory)
        for unit in given.parts:
            _restore_packages(shop, given, unit, directory)
            restore_journal(shop, snapshot, unit)
    restore_lock(shop, snapshot)
    return snapshot


def read_export(directory: Path) -> Snapshot:
    """The manifest of an export; raises `BhError` where there is none, or no export of a part."""
    file = directory / MANIFEST
    try:
        snapshot = decode(file.read_text(encoding="utf-8"), file)
    except OSError as error:
        raise BhError(
            f"{file}: {error.strerror}",
            remedy="give the directory of an exported snapshot: history/<date>",
        ) from error
    for unit in snapshot.parts:
        if unit not in snapshot.archives:
            raise BhError(
                f"{file}: {unit} is not exported",
                remedy=f"where the snapshot is: bh-container history export {snapshot.id}",
            )
    return snapshot


def restore_journal(shop: Workshop, snapshot: Snapshot, unit: str) -> None:
    """Have a unit that has no complete run stand where the snapshot does."""
    part, journal = snapshot.parts[unit], shop.journal(unit)
    state = journal.read()
    if part.run is None or state.open is not None:
        return
    if state.last and state.image and shop.engine.image(state.image):
        if unit != HOST and state.image != part.image:
            words = f"{unit} goes on from its own last run; build --from {snapshot.id} starts here"
            shop.tell(Note(unit=UNIT, text=words))
        return
    seed = None if unit == HOST else part.seed
    journal.run_opened(Run(id=part.run, base=part.image, seed=seed), done=part.steps)
    journal.run_completed(part.result or part.run, part.image)


def restore_lock(shop: Workshop, snapshot: Snapshot) -> None:
    """Have a project that has no lock hold its builds to the snapshot's."""
    if snapshot.lock is not None and not shop.project.lock.exists():
        write_durably(shop.project.lock, snapshot.lock)


def labels_of(shop: Workshop, unit: str, part: Part) -> Mapping[str, str]:
    """What the image of a part is found by."""
    if unit != HOST:
        return shop.labels(unit)
    keys = json.dumps({name: done.key for name, done in part.steps.items()}, sort_keys=True)
    return {**shop.labels(unit), SEED_LABEL: part.seed or "", STEPS_LABEL: keys}


def known_snapshot(shop: Workshop, given: Snapshot) -> Snapshot | None:
    """This snapshot, where it is on the shelf and in Podman's store already.

    Raises `BhError` where another one has its id.
    """
    shelf = Shelf(shop.project.history)
    if given.id not in shelf.ids():
        return None
    known = shelf.read(given.id)
    if _content(known) != _content(given):
        raise BhError(
            f"{given.id}: another snapshot of this project has that id",
            remedy=f"remove it (history remove {given.id}), or import into another project",
        )
    return known if all(map(shop.engine.image, known.images.values())) else None


def _content(snapshot: Snapshot) -> object:
    """What is the same in a snapshot, whatever its images are called."""
    return {
        unit: (part.run, part.result, {name: done.key for name, done in part.steps.items()})
        for unit, part in snapshot.parts.items()
    }


def refuse_open_runs(shop: Workshop, given: Snapshot) -> None:
    """Raise `BhError` where a target of the snapshot has a run that is not complete."""
    for unit in given.targets:
        if shop.journal(unit).read().open is not None:
            raise BhError(
                f"{unit}: a run of it is not complete",
                remedy="bh-container resume it, or abort it, and import then",
            )


def _restore_images(shop: Workshop, given: Snapshot, directory: Path) -> Snapshot:
    known = known_snapshot(shop, given)
    if known is not None:
        return known
    parts = {}
    for unit, part in given.parts.items():
        archive = given.archives[unit]
        reference = snapshot_reference(shop.identity, unit, given.id)
        image = shop.engine.image(reference)
        if image is not None and image.labels.get(ARCHIVE_LABEL) == archive.sha256:
            parts[unit] = replace(part, image=image.id)
            continue
        labels = {**labels_of(shop, unit, part), ARCHIVE_LABEL: archive.sha256}
        progress = telling(shop, f"importing {unit}", part.size)
        content = read_archive(Place(directory=directory, name=unit), archive, progress)
        new = shop.engine.import_stream(content, reference, labels=labels)
        parts[unit] = replace(part, image=new)
    return put_restored(shop, replace(given, parts=parts))


def put_restored(shop: Workshop, restored: Snapshot) -> Snapshot:
    """Put a snapshot on the shelf whose images are in Podman's store."""
    with changing_history(shop) as (shelf, _):
        here = shelf.ids()
        before = shelf.read(restored.id) if restored.id in here else None
        wanted = replace(
            restored,
            project=shop.identity,
            parent=restored.parent if restored.parent in here else None,
            archives=before.archives if before else {},
            tags=before.tags if before else (),
        )
        return take_snapshot(shop.engine, shelf, wanted)


def _restore_packages(shop: Workshop, given: Snapshot, unit: str, directory: Path) -> None:
    """Add the exported binary packages to the store; what is there stays as it is."""
    name = f"{unit}{BINPKGS}"
    archive, store = given.archives.get(name), shop.project.binpkgs(unit)
    if archive is None or leaves_packages(shop, unit, given.parts[unit].steps):
        return
    place = Place(directory=directory, name=name)
    new = store.with_name(f".{name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.parent.mkdir(parents=True, exist_ok=True)
    if archive.kind is HistType.SQUASHFS:
        new.mkdir()
        unpack(place.squashfs, new)
    else:
        shutil.copytree(place.tree, new, symlinks=True)
    add_packages(new, store)
