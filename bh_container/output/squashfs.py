"""Squashfs images, packed and read by squashfs-tools-ng, which needs no mount and no root."""

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bh_container.errors import BhError
from bh_container.output.program import Program, call

GENSQUASHFS, RDSQUASHFS, SQFS2TAR = (
    Program(name=name, debian="squashfs-tools-ng", gentoo="sys-fs/squashfs-tools-ng")
    for name in ("gensquashfs", "rdsquashfs", "sqfs2tar")
)
_LINE = re.compile(
    r'(?P<kind>[a-z]+) (?:"(?P<quoted>(?:[^"]|(?<=\\)")*)"|(?P<plain>[^ "]+))'
    r" (?P<mode>[0-7]+) (?P<uid>\d+) (?P<gid>\d+)(?: (?P<rest>.*))?"
)


class Kind(StrEnum):
    """What an entry is, in the words of gensquashfs(1)."""

    DIRECTORY = "dir"
    FILE = "file"
    LINK = "slink"
    NODE = "nod"
    PIPE = "pipe"
    SOCKET = "sock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path in an image, without a slash before it. `rest` is a link's target, a node's type."""

    path: str
    kind: Kind
    mode: int
    owner: tuple[int, int] = (0, 0)
    rest: str = ""


def pack(directory: Path, image: Path) -> None:
    """Pack a directory: owned by root, modes and attributes kept, times left out.

    The same content gives the same bytes. `image` appears whole or not at all.
    """
    unfinished = image.with_name(f".{image.name}.new")
    words = ["--all-root", "--keep-xattr", "--compressor", "zstd", "--force", "--quiet"]
    try:
        call(GENSQUASHFS, [*words, "--pack-dir", directory, unfinished], file=directory)
        unfinished.replace(image)
    finally:
        unfinished.unlink(missing_ok=True)


def read_entries(image: Path) -> dict[str, Entry]:
    """All that an image holds but its root, by path, a directory before what is in it."""
    output = call(RDSQUASHFS, ["--describe", image], file=image)
    entries = (_entry(line, image) for line in os.fsdecode(output).split("\n") if line)
    return {entry.path: entry for entry in entries}


def unpack(image: Path, directory: Path) -> None:
    """Unpack an image; owners and attributes only as root, and no device nodes."""
    words = ["--chmod", "--no-dev", "--quiet", "--unpack-path", "/"]
    if os.geteuid() == 0:
        words += ["--chown", "--set-xattr"]
    call(RDSQUASHFS, [*words, "--unpack-root", directory, image], file=image)


def _entry(line: str, image: Path) -> Entry:
    found = _LINE.fullmatch(line)
    if found is None:
        raise BhError(f"{image}: its listing has a line that means nothing: {line!r}")
    path = found["plain"] or found["quoted"].replace('\\"', '"')
    return Entry(
        path=path,
        kind=Kind(found["kind"]),
        mode=int(found["mode"], 8),
        owner=(int(found["uid"]), int(found["gid"])),
        rest=found["rest"] or "",
    )
