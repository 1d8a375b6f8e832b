"""A tree before it is packed: how large its files are, and which names mean one file."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """`size` is that of all files in bytes; `links` has the paths of each file that has several;
    `entries` is how many paths there are.

    Paths are relative, sorted, and in the form of os.fsdecode.
    """

    size: int
    links: tuple[tuple[str, ...], ...]
    entries: int


def survey(root: Path) -> Survey:
    """Look at everything below a directory, and follow no link."""
    names: dict[tuple[int, int], list[str]] = {}
    entries = size = 0
    for path, status in walk(root):
        entries += 1
        if stat.S_ISREG(status.st_mode):
            size += status.st_size
        if not stat.S_ISDIR(status.st_mode) and status.st_nlink > 1:
            names.setdefault((status.st_dev, status.st_ino), []).append(path)
    links = sorted(tuple(sorted(paths)) for paths in names.values() if len(paths) > 1)
    return Survey(size=size, links=tuple(links), entries=entries)


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below a directory, a directory before what is in it, in the order of names."""
    waiting = [""]
    while waiting:
        directory = waiting.pop()
        with os.scandir(root / directory) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        inner = []
        for entry in entries:
            path = f"{directory}{entry.name}"
            yield path, entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                inner.append(f"{path}/")
        waiting.extend(reversed(inner))
