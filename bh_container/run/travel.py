"""Snapshots that travel through an OCI registry: an image for each part, one for the manifest."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from bh_container.engine.protocol import ContainerSpec
from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.history.identity import component, snapshot_reference
from bh_container.history.shelf import NEWEST
from bh_container.history.snapshot import MANIFEST, Snapshot, decode, encode
from bh_container.run.beginning import find_snapshot
from bh_container.run.lock import STORE, exclusive, shared
from bh_container.run.restore import (
    known_snapshot,
    put_restored,
    refuse_open_runs,
    restore_journal,
    restore_lock,
)
from bh_container.run.snapshot import TRANSFER, UNIT
from bh_container.run.workshop import Workshop

MANIFESTS = "snapshot"
"""The repository, below the registry, of the images that hold a manifest."""


def push_snapshot(shop: Workshop, registry: str, word: str) -> Snapshot:
    """Send a snapshot to a registry such as `host:5000/prefix`; the manifest goes last."""
    with _travelling(shop):
        snapshot = find_snapshot(shop, word)
        for unit, image in snapshot.images.items():
            shop.tell(Note(unit=UNIT, text=f"pushing {unit}"))
            shop.engine.push(image, _reference(registry, unit, snapshot.id))
        with _manifest_image(shop, snapshot) as image:
            shop.engine.push(image, f"{registry}/{MANIFESTS}:{snapshot.id}")
            shop.engine.push(image, f"{registry}/{MANIFESTS}:{NEWEST}")
    return snapshot


def pull_snapshot(shop: Workshop, registry: str, word: str) -> Snapshot:
    """Bring a snapshot from a registry, by its id or the one that was pushed last.

    A target that has no complete run here goes on from it, as after an import.
    """
    with _travelling(shop):
        given = _pull_manifest(shop, f"{registry}/{MANIFESTS}:{word}")
        with ExitStack() as stack:
            for unit in given.parts:
                stack.enter_context(exclusive(unit, shop.lock(unit)))
            refuse_open_runs(shop, given)
            snapshot = known_snapshot(shop, given) or _pull_parts(shop, registry, given)
            for unit in given.parts:
                restore_journal(shop, snapshot, unit)
        restore_lock(shop, snapshot)
    return snapshot


def _pull_parts(shop: Workshop, registry: str, given: Snapshot) -> Snapshot:
    engine = shop.engine
    for unit, image in given.images.items():
        shop.tell(Note(unit=UNIT, text=f"pulling {unit}"))
        remote = _reference(registry, unit, given.id)
        if engine.pull(remote) != image:
            raise BhError(
                f"{remote}: this is not the image that the snapshot's manifest names",
                remedy="push the snapshot again from where it was taken",
            )
        engine.tag_image(image, snapshot_reference(shop.identity, unit, given.id))
        engine.remove_image(remote)
    return put_restored(shop, given)


def _pull_manifest(shop: Workshop, remote: str) -> Snapshot:
    """The manifest of a snapshot in a registry; the image that brought it does not stay."""
    engine = shop.engine
    image = engine.pull(remote)
    name = f"bh-manifest-{shop.identity}"
    engine.remove_container(name)
    engine.create_container(ContainerSpec(name=name, image=image, labels=shop.labels(UNIT)))
    try:
        file = engine.mount(name) / MANIFEST
        return replace(decode(file.read_text(encoding="utf-8"), file), archives={}, tags=())
    finally:
        engine.remove_container(name)
        engine.remove_image(remote)


@contextmanager
def _manifest_image(shop: Workshop, snapshot: Snapshot) -> Iterator[str]:
    """An image with the manifest in it, and nothing else."""
    reference = snapshot_reference(shop.identity, MANIFESTS, snapshot.id)
    content = encode(replace(snapshot, archives={}, tags=())).encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    archive = iter([stream.getvalue()])
    image = shop.engine.import_stream(archive, reference, labels=shop.labels(UNIT))
    try:
        yield image
    finally:
        shop.engine.remove_image(reference)


@contextmanager
def _travelling(shop: Workshop) -> Iterator[None]:
    with shared(shop.lock(STORE)), exclusive("the exports", shop.lock(TRANSFER)):
        yield


def _reference(registry: str, unit: str, snapshot: str) -> str:
    return f"{registry}/{component(unit)}:{snapshot}"
