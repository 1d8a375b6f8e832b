"""Files that are on the disk, whole, or not there at all: see fsync(2) and rename(2)."""

import os
import shutil
from pathlib import Path

UNFINISHED = ".new"
"""What stands in a file's name for its ending until it is whole."""


def write_durably(file: Path, text: str) -> None:
    """Have a file appear with this text, or take the place of the one before, in one act.

    Where it cannot be written, on a full disk perhaps, nothing of it is left.
    """
    temporary = file.with_suffix(UNFINISHED)
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    move_durably(temporary, file)


def move_durably(source: Path, destination: Path) -> None:
    """Rename a file or directory, and have the name on the disk before the call returns."""
    source.replace(destination)
    for directory in {source.parent, destination.parent}:
        sync(directory)


def sync(path: Path) -> None:
    """Have a file, or the names in a directory, on the disk before the call returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, a link, or a directory with all that is in it; none there is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
