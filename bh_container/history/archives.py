"""Exports of a snapshot's parts: how they are written, checked, and read again."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.settings import HistType
from bh_container.durable import move_durably, remove, sync
from bh_container.engine.protocol import TransferSink
from bh_container.errors import BhError
from bh_container.history.snapshot import Archive
from bh_container.history.squashfs import PIECE, pack_squashfs, stream_squashfs
from bh_container.history.tree import copy_tree, first_difference, listing, stream_tree
from bh_container.history.walk import hard_links, survey

UNFINISHED = ".new."
"""Before the name of what is being written."""

PORTION = 64 << 20
"""So many bytes are packed until what there is is sent to the disk."""


class Damaged(BhError):
    """An export is not what its manifest says."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(
            f"{file}: {what}", remedy="nothing was imported; copy or export the snapshot again"
        )
        self.file = file


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the export `name` is in a directory, or will be."""

    directory: Path
    name: str

    @property
    def squashfs(self) -> Path:
        return self.directory / f"{self.name}.sqfs"

    @property
    def tree(self) -> Path:
        return self.directory / self.name

    @property
    def listing(self) -> Path:
        return self.directory / f"{self.name}.listing"

    def files(self, kind: HistType) -> tuple[Path, ...]:
        """What an export of this kind consists of."""
        return (self.squashfs,) if kind is HistType.SQUASHFS else (self.tree, self.listing)


def write_archive(
    root: Path, place: Place, kind: HistType, jobs: int, progress: TransferSink
) -> Archive:
    """Export a directory. Each file appears whole; what was there before is replaced."""
    if kind is HistType.SQUASHFS:
        return _write_squashfs(root, place, jobs, progress)
    seen = survey(root)
    copy = _unfinished(place.tree)
    copy_tree(root, seen, copy, progress)
    lines = _unfinished(place.listing)
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(listing(copy))
    sync(lines)
    remove(place.tree)
    move_durably(copy, place.tree)
    move_durably(lines, place.listing)
    return Archive(kind=kind, sha256=_digest(place.listing), size=seen.size)


def _write_squashfs(root: Path, place: Place, jobs: int, progress: TransferSink) -> Archive:
    """What has been packed goes to the disk while the rest is packed, and the end while all is
    read once more for its digest: gensquashfs writes the first bytes last.
    """
    new = _unfinished(place.squashfs)
    with ThreadPoolExecutor(max_workers=2) as aside:
        links = aside.submit(hard_links, root)
        saved, saving = 0, aside.submit(sync, place.directory)

        def packed(done: int, total: int | None) -> None:
            nonlocal saved, saving
            progress(done, total)
            if done - saved > PORTION and saving.done():
                saving.result()
                saved, saving = done, aside.submit(sync, new)

        pack_squashfs(root, new, jobs, packed)
        rest = aside.submit(sync, new)
        digest = _digest(new)
        saving.result()
        rest.result()
    move_durably(new, place.squashfs)
    return Archive(
        kind=HistType.SQUASHFS,
        sha256=digest,
        size=place.squashfs.stat().st_size,
        links=links.result(),
    )


def check_archive(place: Place, archive: Archive) -> None:
    """Raise `Damaged`, naming the file, for an export that is not what it was."""
    file = place.files(archive.kind)[-1]
    try:
        digest = _digest(file)
    except OSError as error:
        raise Damaged(file, error.strerror or "it cannot be read") from error
    if digest != archive.sha256:
        raise Damaged(file, f"its SHA-256 is {digest}, and not {archive.sha256}")
    if archive.kind is HistType.FILES:
        try:
            with file.open(encoding="utf-8") as lines:
                path = first_difference(place.tree, iter(lines))
        except OSError as error:
            raise Damaged(place.tree, str(error)) from error
        if path is not None:
            raise Damaged(place.tree / path, f"it is not what {file.name} says")


def read_archive(place: Place, archive: Archive, progress: TransferSink) -> Iterator[bytes]:
    """An export as a tar archive."""
    if archive.kind is HistType.SQUASHFS:
        return stream_squashfs(place.squashfs, archive.links, progress)
    return stream_tree(place.tree, progress)


def is_whole(place: Place, archive: Archive) -> bool:
    """Whether the files of an export are there, looked at from afar: their bytes are not read."""
    if not all(path.exists() for path in place.files(archive.kind)):
        return False
    return archive.kind is HistType.FILES or place.squashfs.stat().st_size == archive.size


def clear_directory(directory: Path, kept: set[Path]) -> None:
    """Remove what exports that were killed have left, and what others have replaced."""
    for path in directory.iterdir():
        if path not in kept:
            remove(path)


def _unfinished(path: Path) -> Path:
    new = path.with_name(f"{UNFINISHED}{path.name}")
    remove(new)
    return new


def _digest(file: Path) -> str:
    """The SHA-256 of a file, of which the next piece is read while one is digested."""
    found = hashlib.sha256()
    with file.open("rb", buffering=0) as stream, ThreadPoolExecutor(max_workers=1) as ahead:
        piece = stream.read(PIECE)
        while piece:
            following = ahead.submit(stream.read, PIECE)
            found.update(piece)
            piece = following.result()
    return found.hexdigest()
