"""A root filesystem as a squashfs file, and back as a stream that an engine imports.

Owners, modes, times to the second, extended attributes (capabilities among them), device nodes
and pipes survive. squashfs-tools-ng loses two things, which are kept beside it: the metadata of
the root directory, given as the default for what no path names, and hard links, which the
manifest lists. Sockets mean nothing without the process that made them, and go.
"""

import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from stat import S_IMODE
from typing import IO

from bh_container.engine.protocol import TransferSink
from bh_container.output.program import reading
from bh_container.output.squashfs import GENSQUASHFS, SQFS2TAR

PACKING = b"packing "
"""Before a path, on a line of its own for each file that gensquashfs reads."""

LEVEL = 3
"""Of zstd: the default, 15, takes some ten times as long and saves an eighth."""

WAITING = 32
"""So many blocks may wait for each compressor: with ten, the default, it has none now and then."""

PIECE = 1 << 20
ERRORS = "surrogateescape"
"""Names need not be UTF-8, and attributes are bytes."""

END = bytes(2 * tarfile.BLOCKSIZE)


def pack_squashfs(root: Path, file: Path, jobs: int, progress: TransferSink) -> None:
    """Pack a directory as it is; the same tree gives the same bytes.

    `progress` counts the bytes of the files that were read.
    """
    status = root.stat()
    defaults = (
        f"mode={S_IMODE(status.st_mode):04o}",
        f"uid={status.st_uid}",
        f"gid={status.st_gid}",
        f"mtime={int(status.st_mtime)}",
    )
    words = ["--keep-time", "--keep-xattr", "--one-file-system", "--force"]
    words += [
        "--compressor",
        "zstd",
        "--comp-extra",
        f"level={LEVEL}",
        "--num-jobs",
        str(jobs),
        "--queue-backlog",
        str(WAITING * jobs),
        "--defaults",
        ",".join(defaults),
    ]
    words += ["--pack-dir", str(root), str(file)]
    done, place = 0, os.fsencode(root) + b"/"
    with reading(GENSQUASHFS, words, file=file) as output:
        for line in output:
            if line.startswith(PACKING):
                done += _size(place + line[len(PACKING) : -1])
                progress(done, None)


def _size(file: bytes) -> int:
    """Bytes of a file; none of one whose name has a line end in it, and is told on two lines."""
    try:
        return os.lstat(file).st_size
    except OSError:
        return 0


def stream_squashfs(
    file: Path, links: Sequence[Sequence[str]], progress: TransferSink
) -> Iterator[bytes]:
    """The content as a tar archive, with the names in `links` as one file again.

    Raises `ProgramFailed` at the end of a file that is damaged.
    """
    firsts = {name: first for first, *others in links for name in others}
    done = 0
    with reading(SQFS2TAR, ["--root-becomes", ".", file], file=file) as output:
        for piece in _relinked(output, firsts):
            yield piece
            done += len(piece)
            progress(done, None)
    yield END


def _relinked(output: IO[bytes], firsts: Mapping[str, str]) -> Iterator[bytes]:
    """A tar archive up to where it is cut off; whether that is its end, its program says."""
    try:
        with tarfile.open(fileobj=output, mode="r|", bufsize=PIECE, errors=ERRORS) as tar:
            for member in tar:
                first = firsts.get(member.name.removeprefix("./"))
                content = tar.extractfile(member) if member.isreg() and first is None else None
                if first is not None:
                    member.type, member.size, member.linkname = tarfile.LNKTYPE, 0, f"./{first}"
                yield from _entry(member, content)
    except tarfile.TarError:
        return


def _entry(member: tarfile.TarInfo, content: IO[bytes] | None) -> Iterator[bytes]:
    yield member.tobuf(tarfile.PAX_FORMAT, "utf-8", ERRORS)
    if content is None:
        return
    while piece := content.read(PIECE):
        yield piece
    yield bytes(-member.size % tarfile.BLOCKSIZE)
