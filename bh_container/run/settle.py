"""A project directory that was copied becomes a project of its own.

It goes on from what the original had come to: the snapshots and the last complete runs get names
that are the copy's, so neither can take an image from the other. A run that is open stays the
original's, whose containers it works in.
"""

from dataclasses import replace
from pathlib import Path

from bh_container.durable import move_durably, remove
from bh_container.events import Note
from bh_container.history.identity import (
    former_ids,
    is_copied,
    is_unmarked,
    known_id,
    new_id,
    project_id,
    run_reference,
    snapshot_reference,
    write_id,
)
from bh_container.history.shelf import REMOVING, Shelf
from bh_container.history.snapshot import HOST
from bh_container.run.binpkgs import BinpkgVolume
from bh_container.run.disk import room_needed
from bh_container.run.lock import exclusive
from bh_container.run.rooms import UNFINISHED
from bh_container.run.snapshot import UNIT
from bh_container.run.stock import unit_names
from bh_container.run.workshop import Workshop

NOTED = "project"


def settle(shop: Workshop) -> None:
    """Give a copied project an id, and names for its images; killed, the next call goes on.

    Nothing is done to an original, wherever it was moved on its filesystem. Raises DiskFull.
    """
    file = shop.project.identity_file
    if not (is_copied(file) or is_unmarked(file)):
        return
    with room_needed(), exclusive(UNIT, shop.lock(UNIT), wait=True):
        if is_unmarked(file):
            write_id(_coming(file), project_id(file))
            move_durably(_coming(file), file)
        if is_copied(file):
            _settle_copy(shop, file)


def _settle_copy(shop: Workshop, file: Path) -> None:
    old, new = project_id(file), _begin(file)
    dropped = [unit for unit in unit_names(shop) if _drop_open_run(shop, unit)]
    _name_images(shop, new)
    move_durably(_coming(file), file)
    words = f"this directory is a copy of project {old}: it is {new} now"
    remedy = "where it was moved, what the old id still holds goes with bh-container gc --former"
    shop.tell(Note(unit=NOTED, text=f"{words}; {remedy}"))
    for unit in dropped:
        shop.tell(Note(unit=NOTED, text=f"{unit}: its open run stays with the original"))


def _begin(file: Path) -> str:
    """The new id: that of a call that was killed, unless the directory was copied since."""
    coming = _coming(file)
    known = known_id(coming)
    if known is None or is_copied(coming):
        remove(coming)
        write_id(coming, new_id(), (project_id(file), *former_ids(file)))
    return project_id(coming)


def _coming(file: Path) -> Path:
    """What takes the file's place at the end: a rename leaves it its number."""
    return file.with_name(f".{file.name}.coming")


def _drop_open_run(shop: Workshop, unit: str) -> bool:
    """Keep what packages an open run had finished, and nothing else of it."""
    project, journal = shop.project, shop.journal(unit)
    if journal.read().open is None:
        return False
    BinpkgVolume(
        store=project.binpkgs(unit),
        upper=project.overlay_upper(unit),
        work=project.overlay_work(unit),
    ).publish()
    remove(project.builds / f"{UNFINISHED}{unit}")
    journal.run_dropped()
    return True


def _name_images(shop: Workshop, identity: str) -> None:
    """Name what the copy goes on with, as far as it is in this store."""
    shelf, engine, held = Shelf(shop.project.history), shop.engine, set[str]()
    for path in shelf.directory.glob(f"{REMOVING}*"):
        remove(path)  # the names that it would take away are the original's
    for snapshot in shelf.all():
        for unit, image in snapshot.images.items():
            held.add(image)
            if engine.image(image):
                engine.tag_image(image, snapshot_reference(identity, unit, snapshot.id))
        shelf.rewrite(replace(snapshot, project=identity))
    for unit in unit_names(shop):
        state = shop.journal(unit).read()
        if unit == HOST or state.last is None or state.image is None or state.image in held:
            continue
        if engine.image(state.image):
            engine.tag_image(state.image, run_reference(identity, unit, state.last.id))
