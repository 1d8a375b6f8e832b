"""A tree before it is packed: how large its files are, and which names mean one file."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bh_container.output.program import Program, call

FIND = Program(name="find", debian="findutils", gentoo="sys-apps/findutils")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """`size` is that of all files in bytes; `entries` is how many paths there are."""

    size: int
    entries: int


def survey(root: Path) -> Survey:
    """Look at everything below a directory, and follow no link."""
    entries = size = 0
    for _, status in walk(root):
        entries += 1
        if stat.S_ISREG(status.st_mode):
            size += status.st_size
    return Survey(size=size, entries=entries)


def hard_links(root: Path) -> tuple[tuple[str, ...], ...]:
    """The paths of each file below a directory that has several, within one filesystem.

    They are relative, sorted, and in the form of os.fsdecode. find(1) takes an eighth of the time
    that looking at each file from here would take.
    """
    words = ["-xdev", "!", "-type", "d", "-links", "+1", "-printf", r"%i %P\0"]
    names: dict[str, list[str]] = {}
    for line in os.fsdecode(call(FIND, [root, *words], file=root)).split("\0")[:-1]:
        inode, _, path = line.partition(" ")
        names.setdefault(inode, []).append(path)
    return tuple(sorted(tuple(sorted(paths)) for paths in names.values() if len(paths) > 1))


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
