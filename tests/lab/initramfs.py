"""Initramfs archives with something changed, as if the target had been built so."""

import gzip
import io
from collections.abc import Mapping
from pathlib import Path

from bh_container.output.cpio import read_initramfs
from bh_container.steps.inside.cpio import Entry, write

CONSOLE = Entry("dev/console", 0o20600, device=(5, 1))


def with_files(initramfs: Path, files: Mapping[str, bytes], to: Path) -> Path:
    """A copy of an initramfs that has these files, too or instead; they can be executed."""
    members = read_initramfs(initramfs).values()
    entries = {one.path: Entry(one.path, one.mode, one.content) for one in members}
    entries |= {name: Entry(name, 0o100755, content) for name, content in files.items()}
    entries[CONSOLE.name] = CONSOLE
    archive = io.BytesIO()
    write(entries, archive)
    to.write_bytes(gzip.compress(archive.getvalue(), compresslevel=1))
    return to
