"""What an archive would unpack: nothing outside of the directory that it is unpacked into."""

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from bh_container.engine.archive import PIECE, open_archive, pieces_of
from bh_container.engine.protocol import EngineError, TransferSink
from bh_container.seed.place import PARTIAL
from bh_container.seed.refusal import Refused


class MembersRefused(Refused):
    """An archive with a member that leads outside, or that is no archive at all."""

    def __init__(self, archive: Path, what: str) -> None:
        super().__init__(
            f"{archive.name.removesuffix(PARTIAL)}: {what}", remedy="take another tarball"
        )


def check_members(archive: Path, progress: TransferSink | None = None) -> None:
    """Read the names in an archive (tar; plain, gzip, bzip2, xz or zstd) to its end.

    Raises `MembersRefused` for an absolute name, one with `..`, and a hard link to either;
    symbolic links may lead anywhere, as in every root filesystem.
    """
    empty = True
    with open_archive(archive) as file:
        stream = _Stream(pieces_of(file, progress))
        try:
            with tarfile.open(
                fileobj=cast("tarfile._Fileobj", stream), mode="r|*", bufsize=PIECE
            ) as tar:
                for member in tar:
                    empty = False
                    _check(archive, member)
                    tar.members.clear()  # type: ignore[attr-defined]  # a stage3 has 100 000
        except (tarfile.TarError, EngineError, zlib.error, EOFError) as error:
            raise MembersRefused(
                archive, f"is no tar archive, or a damaged one: {error}"
            ) from error
    if empty:
        raise MembersRefused(archive, "is a tar archive with nothing in it")


def _check(archive: Path, member: tarfile.TarInfo) -> None:
    names = [member.name, member.linkname] if member.islnk() else [member.name]
    for name in names:
        if name.startswith("/") or ".." in name.split("/"):
            raise MembersRefused(archive, f"its member {name!r} leads outside of the root")


class _Stream:
    """Pieces, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end."""
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        wanted, self._rest = self._rest[:size], self._rest[size:]
        return wanted
