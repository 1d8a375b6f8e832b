"""What files and directories take on the disk."""

import os
from pathlib import Path

_BLOCK = 512
"""The unit of `st_blocks`, whatever the file system: stat(2)."""


def space_of(path: Path) -> int:
    """The bytes that a file, or a directory with all below it, takes; 0 for what is not there.

    A file with several names is counted once. What goes away meanwhile is not counted.
    """
    seen: set[tuple[int, int]] = set()
    return sum(_own(each, seen) for each in (path, *_below(path)))


def _below(path: Path) -> list[Path]:
    if path.is_symlink():
        return []
    return [
        Path(directory, name)
        for directory, directories, files in os.walk(path)
        for name in (*directories, *files)
    ]


def _own(path: Path, seen: set[tuple[int, int]]) -> int:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return 0
    seen.add(identity)
    return status.st_blocks * _BLOCK
