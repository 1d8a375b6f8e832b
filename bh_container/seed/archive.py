"""A seed from a tarball on this machine: a stage3 that the user already has and trusts."""

import hashlib
from pathlib import Path

from bh_container.engine.protocol import Engine
from bh_container.errors import BhError
from bh_container.events import Listener, Transfer
from bh_container.seed.seed import REPOSITORY, Seed


def import_archive(engine: Engine, archive: Path, tell: Listener) -> Seed:
    """Import a root filesystem (tar; plain, gzip, xz or zstd), unless it was imported before."""
    try:
        with archive.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BhError(
            f"{archive}: {error.strerror}",
            remedy="give --seed the path of a stage3 tarball, an image reference, or 'lab'",
        ) from error
    reference = f"{REPOSITORY}:{digest[:16]}"
    image = engine.image(reference)
    if image is not None:
        return Seed(identity=digest, image=image.id)

    def progress(done: int, total: int | None) -> None:
        tell(Transfer(unit="host", what=f"importing {archive.name}", done=done, total=total))

    return Seed(
        identity=digest,
        image=engine.import_image(archive, reference, labels={}, progress=progress),
    )
