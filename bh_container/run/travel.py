"""Snapshots that travel through an OCI registry: an image for each part, one for the manifest."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from bh_container.engine.protocol import ContainerSpec, EngineError
from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.history.identity import component, snapshot_reference
from bh_container.history.shelf import NEWEST
from bh_container.history.snapshot import MANIFEST, Snapshot, decode, encode
from bh_container.run.beginning import find_snapshot
from bh_container.run.lock import STORE, exclusive, shared
from bh_container.run.native import leaves_packages
from bh_container.run.parcels import (
    PARCELS,
    Parcels,
    decode_parcels,
    encode_parcels,
    fetch_packages,
    send_packages,
)
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


def push_snapshot(shop: Workshop, registry: str, word: str, *, packages: bool = True) -> Snapshot:
    """Send a snapshot to a registry such as `host:5000/prefix`; the manifest goes last.

    The binary `packages` are those that there are now.
    """
    with _travelling(shop):
        snapshot = find_snapshot(shop, word)
        for unit, image in snapshot.images.items():
            shop.tell(Note(unit=UNIT, text=f"pushing {unit}"))
            shop.engine.push(image, _reference(registry, unit, snapshot.id))
        parcels = _parcels_there(shop, registry)
        if packages:
            parcels = send_packages(shop, registry, tuple(snapshot.parts), parcels)
        with _manifest_image(shop, snapshot, parcels) as image:
            shop.engine.push(image, f"{registry}/{MANIFESTS}:{snapshot.id}")
            shop.engine.push(image, f"{registry}/{MANIFESTS}:{NEWEST}")
    return snapshot


def pull_snapshot(shop: Workshop, registry: str, word: str, *, packages: bool = True) -> Snapshot:
    """Bring a snapshot from a registry, by its id or the one that was pushed last.

    A target that has no complete run here goes on from it, as after an import.
    """
    with _travelling(shop):
        given, parcels = _pull_manifest(shop, f"{registry}/{MANIFESTS}:{word}")
        with ExitStack() as stack:
            for unit in given.parts:
                stack.enter_context(exclusive(unit, shop.lock(unit)))
            refuse_open_runs(shop, given)
            snapshot = known_snapshot(shop, given) or _pull_parts(shop, registry, given)
            for unit in given.parts:
                if packages and not leaves_packages(shop, unit, given.parts[unit].steps):
                    fetch_packages(shop, registry, unit, parcels.get(unit, ()))
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


def _parcels_there(shop: Workshop, registry: str) -> Parcels:
    """The parcels of the snapshot that was pushed last; none where there is no such snapshot."""
    try:
        return _pull_manifest(shop, f"{registry}/{MANIFESTS}:{NEWEST}")[1]
    except EngineError:
        return {}


def _pull_manifest(shop: Workshop, remote: str) -> tuple[Snapshot, Parcels]:
    """The manifest of a snapshot in a registry, and where its binary packages are.

    The image that brought it does not stay.
    """
    engine = shop.engine
    image = engine.pull(remote)
    name = f"bh-manifest-{shop.identity}"
    engine.remove_container(name)
    engine.create_container(ContainerSpec(name=name, image=image, labels=shop.labels(UNIT)))
    try:
        file = engine.mount(name) / MANIFEST
        given = replace(decode(file.read_text(encoding="utf-8"), file), archives={}, tags=())
        list_ = file.with_name(PARCELS)
        parcels = decode_parcels(list_.read_text(encoding="utf-8")) if list_.exists() else {}
        return given, parcels
    finally:
        engine.remove_container(name)
        engine.remove_image(remote)


@contextmanager
def _manifest_image(shop: Workshop, snapshot: Snapshot, parcels: Parcels) -> Iterator[str]:
    """An image with the manifest and the list of parcels in it, and nothing else."""
    reference = snapshot_reference(shop.identity, MANIFESTS, snapshot.id)
    texts = {
        MANIFEST: encode(replace(snapshot, archives={}, tags=())),
        PARCELS: encode_parcels(parcels),
    }
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, text in texts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
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
