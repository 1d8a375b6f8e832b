"""Binary packages on their way through a registry: in parcels, each of which is sent once.

A parcel is an image that holds packages. What the snapshot that was pushed last has in its parcels
is not sent again, so that after an update there is one small parcel more.
"""

import io
import json
import shutil
import stat
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bh_container.engine.protocol import ContainerSpec
from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.history.identity import component, snapshot_reference
from bh_container.history.snapshot import BINPKGS
from bh_container.history.walk import walk
from bh_container.run.binpkgs import INDEX, add_packages
from bh_container.run.snapshot import UNIT
from bh_container.run.workshop import Workshop

PARCELS = "packages.json"
"""The file beside a snapshot's manifest in the registry."""

FORMAT = 1

MOST = 16
"""So many parcels a unit has; then all its packages go into one again."""

PIECE = 1 << 20

Files = Mapping[str, tuple[int, int]]
"""For each path below a store the file's size in bytes and its time in seconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An image by its id, and what is in it."""

    image: str
    files: Files

    def reference(self, registry: str, unit: str) -> str:
        """Where it is in a registry."""
        return f"{registry}/{component(unit + BINPKGS)}:{self.image.removeprefix('sha256:')}"


Parcels = Mapping[str, Sequence[Parcel]]
"""The parcels of each unit, the oldest first."""


def encode_parcels(parcels: Parcels) -> str:
    """The text of the file `PARCELS`."""
    found = {unit: [asdict(one) for one in those] for unit, those in parcels.items()}
    return json.dumps({"format": FORMAT, "parcels": found}, indent=1) + "\n"


def decode_parcels(text: str) -> dict[str, tuple[Parcel, ...]]:
    """A file's text again; raises `BhError` for anything else."""
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise BhError(
                f"the registry's {PARCELS}: format {found['format']} is not {FORMAT}",
                remedy="use the version of bh-container that pushed this snapshot",
            )
        return {
            str(unit): tuple(
                Parcel(
                    image=str(one["image"]),
                    files={str(path): (int(a), int(b)) for path, (a, b) in one["files"].items()},
                )
                for one in those
            )
            for unit, those in found["parcels"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BhError(
            f"the registry's {PARCELS} is no list of binary packages ({error})",
            remedy="push the snapshot again, or pull it with --no-packages",
        ) from None


def send_packages(shop: Workshop, registry: str, units: Sequence[str], known: Parcels) -> Parcels:
    """Send the binary packages that no known parcel has; return the parcels that have all."""
    parcels = {}
    for unit in units:
        there = _files(shop.project.binpkgs(unit))
        kept = [one for one in known.get(unit, ()) if one.files.items() & there.items()]
        if len(kept) >= MOST:
            kept = []
        sent = {item for one in kept for item in one.files.items()}
        new = dict(sorted(there.items() - sent))
        if new:
            kept.append(_send(shop, registry, unit, new))
        if kept:
            parcels[unit] = tuple(kept)
    return parcels


def fetch_packages(shop: Workshop, registry: str, unit: str, parcels: Sequence[Parcel]) -> None:
    """Bring the packages that are not in the unit's store; what is there stays as it is."""
    store = shop.project.binpkgs(unit)
    for parcel in parcels:
        missing = {path: one for path, one in parcel.files.items() if not (store / path).exists()}
        if missing:
            _tell(shop, "pulling", unit, missing)
            _fetch(shop, parcel.reference(registry, unit), parcel, store)


def _send(shop: Workshop, registry: str, unit: str, files: Files) -> Parcel:
    _tell(shop, "pushing", unit, files)
    reference = snapshot_reference(shop.identity, unit + BINPKGS, "parcel")
    content = _tar(shop.project.binpkgs(unit), files)
    image = shop.engine.import_stream(content, reference, labels=shop.labels(UNIT))
    parcel = Parcel(image=image, files=files)
    try:
        shop.engine.push(image, parcel.reference(registry, unit))
    finally:
        shop.engine.remove_image(reference)
    return parcel


def _fetch(shop: Workshop, remote: str, parcel: Parcel, store: Path) -> None:
    engine, name = shop.engine, f"bh-parcel-{shop.identity}"
    new = store.with_name(f".{store.name}{BINPKGS}.new")
    shutil.rmtree(new, ignore_errors=True)
    image = engine.pull(remote)
    try:
        if image != parcel.image:
            raise BhError(
                f"{remote}: this is not the image that the snapshot's list of packages names",
                remedy="push the snapshot again, or pull it with --no-packages",
            )
        engine.remove_container(name)
        engine.create_container(ContainerSpec(name=name, image=image, labels=shop.labels(UNIT)))
        shutil.copytree(engine.mount(name), new, symlinks=True)
        add_packages(new, store)
    finally:
        engine.remove_container(name)
        engine.remove_image(remote)


def _files(store: Path) -> Files:
    """The packages in a store; not its index, and nothing that is hidden: it is in the making."""
    if not store.is_dir():
        return {}
    return {
        path: (status.st_size, int(status.st_mtime))
        for path, status in walk(store)
        if stat.S_ISREG(status.st_mode)
        and not path.startswith(INDEX)
        and not Path(path).name.startswith(".")
    }


def _tar(store: Path, files: Files) -> Iterator[bytes]:
    """An archive of these files, with their times, as it is read."""
    for path, (size, time) in files.items():
        entry = tarfile.TarInfo(path)
        entry.size, entry.mtime = size, time
        yield entry.tobuf(tarfile.PAX_FORMAT)
        with (store / path).open("rb") as file:
            yield from _exactly(file, size)
        yield bytes(-size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _exactly(file: io.BufferedReader, size: int) -> Iterator[bytes]:
    left = size
    while left and (piece := file.read(min(PIECE, left))):
        yield piece
        left -= len(piece)
    if left:
        raise BhError(f"{file.name}: it became shorter while it was read", remedy="try again")


def _tell(shop: Workshop, what: str, unit: str, files: Files) -> None:
    mebibytes = sum(size for size, _ in files.values()) / 2**20
    words = f"{what} {len(files)} binary packages of {unit}: {mebibytes:.1f} MiB"
    shop.tell(Note(unit=UNIT, text=words))
