"""cpio archives, written by the program that packs an initramfs."""

import io
from collections.abc import Mapping

from bh_container.steps.inside.cpio import Entry, write


def cpio(files: Mapping[str, bytes]) -> bytes:
    """An archive with these files."""
    archive = io.BytesIO()
    write({name: Entry(name, 0o100644, content) for name, content in files.items()}, archive)
    return archive.getvalue()
