"""A root filesystem as a directory, and a listing by which every file in it can be checked."""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from bh_container.durable import sync
from bh_container.engine.protocol import TransferSink
from bh_container.history.squashfs import PIECE
from bh_container.history.walk import Survey, walk
from bh_container.output.program import Program, reading

CP = Program(name="cp", debian="coreutils", gentoo="sys-apps/coreutils")
TAR = Program(name="tar", debian="tar", gentoo="app-arch/tar")


def copy_tree(root: Path, seen: Survey, to: Path, progress: TransferSink) -> None:
    """Copy a directory with all that belongs to its files."""
    to.mkdir()
    words: list[str | Path] = ["--archive", "--one-file-system", "--reflink=auto", "--verbose"]
    words += [f"{root}/.", to]
    lines = 0
    with reading(CP, words, file=to) as output:
        for _ in output:
            lines += 1
            # What each line is about would take a parser of quotes: the share is near enough.
            progress(min(seen.size, seen.size * lines // max(1, seen.entries)), seen.size)
    sync(to)


def stream_tree(root: Path, progress: TransferSink) -> Iterator[bytes]:
    """A directory as a tar archive."""
    words = ["--create", "--format=pax", "--pax-option=delete=atime,delete=ctime"]
    words += ["--xattrs", "--xattrs-include=*", "--numeric-owner", "--one-file-system"]
    done = 0
    with reading(TAR, [*words, "--directory", str(root), "."], file=root) as output:
        while piece := output.read(PIECE):
            yield piece
            done += len(piece)
            progress(done, None)


def listing(root: Path) -> Iterator[str]:
    """A line of JSON for the directory and everything in it, in an order of its own.

    Path, type and mode, owner, time in seconds, what it holds, attributes, and the first of its
    names where it has several.
    """
    first: dict[tuple[int, int], str] = {}
    for path, status in [("", root.lstat()), *walk(root)]:
        one = None
        if not stat.S_ISDIR(status.st_mode) and status.st_nlink > 1:
            one = first.setdefault((status.st_dev, status.st_ino), path)
        place = root / path
        entry = [
            path,
            f"{status.st_mode:o}",
            f"{status.st_uid}:{status.st_gid}",
            int(status.st_mtime),
            _content(place, status),
            _attributes(place),
            one,
        ]
        yield json.dumps(entry) + "\n"


def first_difference(root: Path, lines: Iterable[str]) -> str | None:
    """The first path that is not as a listing says; None where all are.

    A directory differs in its time when something in it comes or goes: that is named, then.
    """
    listed = {_path(line): line for line in lines}
    found = {_path(line): line for line in listing(root)}
    paths = listed.keys() | found.keys()
    different = sorted(path for path in paths if listed.get(path) != found.get(path))
    for number, path in enumerate(different, start=1):
        within = f"{path}/" if path else ""
        if number == len(different) or not different[number].startswith(within):
            return path
    return None


def _path(line: str) -> str:
    try:
        return str(json.loads(line)[0])
    except (ValueError, LookupError, TypeError):
        return line


def _content(place: Path, status: os.stat_result) -> str | int | None:
    if stat.S_ISREG(status.st_mode):
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if stat.S_ISLNK(status.st_mode):
        return str(place.readlink())
    return status.st_rdev if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode) else None


def _attributes(place: Path) -> dict[str, str]:
    names = sorted(os.listxattr(place, follow_symlinks=False))
    # What SELinux calls a file depends on where it is, and a filesystem may keep none of it.
    kept = [name for name in names if name != "security.selinux"]
    return {name: os.getxattr(place, name, follow_symlinks=False).hex() for name in kept}
