"""cpio.py TREE NODES >ARCHIVE: packs a tree as an initramfs, the same bytes for the same content.

NODES is a list of device nodes in the words of the kernel's gen_init_cpio, so that none has to be
made: `nod /dev/console 0600 0 0 c 5 1`. All belongs to root, at the time 0.
Format: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel ("newc").
"""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LARGEST = 1 << 32
KINDS = {"c": stat.S_IFCHR, "b": stat.S_IFBLK}


@dataclass(frozen=True)
class Entry:
    """One member of the archive; `file` has its content, else `content` is it; `device` is the
    major and minor number of a device node."""

    name: str
    mode: int
    content: bytes = b""
    file: Path | None = None
    device: tuple[int, int] = (0, 0)


def entries_of(tree: Path) -> Iterator[Entry]:
    """All directories, files and links below a tree."""
    for path in tree.rglob("*"):
        name, mode = path.relative_to(tree).as_posix(), path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield Entry(name, stat.S_IFLNK | 0o777, os.fsencode(path.readlink()))
        elif stat.S_ISREG(mode):
            yield Entry(name, mode, file=path)
        elif stat.S_ISDIR(mode):
            yield Entry(name, mode)
        else:
            raise SystemExit(f"{path}: neither a file, a directory nor a link; name it in the list")


def nodes_of(text: str) -> Iterator[Entry]:
    """The device nodes of a list."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words:
            kind, name, mode, _uid, _gid, device, major, minor = words
            if kind != "nod" or device not in KINDS:
                raise SystemExit(
                    f"{line}: no line of the form 'nod NAME MODE UID GID c|b MAJOR MINOR'"
                )
            yield Entry(
                name.lstrip("/"), KINDS[device] | int(mode, 8), device=(int(major), int(minor))
            )


def write(entries: dict[str, Entry], to: BinaryIO) -> None:
    """Write an archive; sorted by name, so that a directory comes before what is in it."""
    members = [entries[name] for name in sorted(entries)]
    for number, entry in enumerate([*members, Entry("TRAILER!!!", 0)], start=1):
        name = os.fsencode(entry.name) + b"\0"
        links = 2 if stat.S_ISDIR(entry.mode) else 1
        size = entry.file.stat().st_size if entry.file else len(entry.content)
        if size >= LARGEST:
            raise SystemExit(f"{entry.file}: an initramfs holds no file of 4 GiB; split it off")
        head = (number, entry.mode, 0, 0, links, 0, size, 0, 0, *entry.device)
        fields = "".join(f"{field:08x}" for field in (*head, len(name), 0))
        member = b"070701" + fields.encode() + name
        to.write(member + _padding(len(member)))
        if entry.file:
            with entry.file.open("rb") as content:
                shutil.copyfileobj(content, to)
        to.write(entry.content + _padding(size))


def _padding(size: int) -> bytes:
    return bytes(-size % 4)


def main(tree: str, nodes: str) -> None:
    """Pack the tree and the nodes to standard output."""
    entries = {entry.name: entry for entry in entries_of(Path(tree))}
    entries |= {entry.name: entry for entry in nodes_of(nodes)}
    write(entries, sys.stdout.buffer)


if __name__ == "__main__":
    main(*sys.argv[1:])
