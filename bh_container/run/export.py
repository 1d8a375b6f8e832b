"""Exporting a snapshot: what leaves the machine, written beside the snapshot's manifest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bh_container.engine.protocol import TransferSink
from bh_container.events import Note, Transfer
from bh_container.history.archives import Place, clear_directory, is_whole, write_archive
from bh_container.history.look import open_look
from bh_container.history.snapshot import BINPKGS, MANIFEST, Archive, Snapshot
from bh_container.run.beginning import find_snapshot
from bh_container.run.lock import STORE, exclusive, shared
from bh_container.run.snapshot import TRANSFER, UNIT, changing_history
from bh_container.run.workshop import Workshop


def export_snapshot(shop: Workshop, word: str) -> Snapshot:
    """Export all parts of a snapshot, and the binary packages that there are of each.

    What is exported already is not written again. One process at a time exports or imports.
    """
    with shared(shop.lock(STORE)), exclusive("the exports", shop.lock(TRANSFER)):
        snapshot = find_snapshot(shop, word)
        directory = shop.project.history / snapshot.id
        for unit in snapshot.parts:
            with _root_of(shop, snapshot, unit) as root:
                snapshot = _write(shop, snapshot, unit, root)
            packages = shop.project.binpkgs(unit)
            if packages.is_dir() and any(packages.iterdir()):
                snapshot = _write(shop, snapshot, f"{unit}{BINPKGS}", packages)
        kept = {directory / MANIFEST}
        for name, archive in snapshot.archives.items():
            kept.update(Place(directory=directory, name=name).files(archive.kind))
        clear_directory(directory, kept)
    size = sum(archive.size for archive in snapshot.archives.values()) / 2**20
    shop.tell(Note(unit=UNIT, text=f"{snapshot.id} is exported: {size:.1f} MiB in {directory}"))
    return snapshot


def telling(shop: Workshop, what: str, total: int | None) -> TransferSink:
    """Tell of a transfer as it goes on, by whole percents, or by MiB where there is no total."""
    told = -1

    def progress(done: int, _: int | None) -> None:
        nonlocal told
        share = 100 * done // max(1, total) if total is not None else done >> 20
        if share > told:
            told = share
            known = done if total is None else min(done, total)
            shop.tell(Transfer(unit=UNIT, what=what, done=known, total=total))

    return progress


@contextmanager
def _root_of(shop: Workshop, snapshot: Snapshot, unit: str) -> Iterator[Path]:
    container = open_look(shop.engine, snapshot, unit, "export")
    try:
        yield shop.engine.mount(container)
    finally:
        shop.engine.remove_container(container)


def _write(shop: Workshop, snapshot: Snapshot, name: str, root: Path) -> Snapshot:
    """Export one directory, unless it is exported already."""
    place = Place(directory=shop.project.history / snapshot.id, name=name)
    kind, known = shop.settings.hist_type, snapshot.archives.get(name)
    if known and known.kind is kind and is_whole(place, known):
        return snapshot
    part = snapshot.parts.get(name)
    progress = telling(shop, f"exporting {name}", part.size if part else None)
    archive = write_archive(root, place, kind, shop.settings.jobs, progress)
    return _record(shop, snapshot, name, archive)


def _record(shop: Workshop, snapshot: Snapshot, name: str, archive: Archive) -> Snapshot:
    """Have the manifest, as it is by now, name the export."""
    with changing_history(shop) as (shelf, _):
        current = shelf.read(snapshot.id)
        recorded = replace(current, archives={**current.archives, name: archive})
        shelf.rewrite(recorded)
    return recorded
