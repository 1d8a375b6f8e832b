"""Reading an initramfs: cpio archives one after another, each plain or compressed.

Format: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import lzma
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

from bh_container.errors import BhError
from bh_container.output.program import Program, call

ZSTD = Program(name="zstd", debian="zstd", gentoo="app-arch/zstd")
_HEADER = 110
_TRAILER = b"TRAILER!!!"
MAGIC, _WITH_SUMS = b"070701", b"070702"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A path without a slash before it; `content` is a link's target too."""

    path: str
    mode: int
    content: bytes

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)


def read_initramfs(file: Path) -> dict[str, Member]:
    """All members of all archives by path; of two with one path the later, as the kernel has it."""
    data, found = _plain(file), dict[str, Member]()
    while data := data.lstrip(b"\0"):
        try:
            members, end = read_archive(data)
        except ValueError as error:
            raise BhError(f"{file}: {error}") from None
        found |= members
        data = data[end:]
    return found


def _plain(file: Path) -> bytes:
    data = file.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31).decompress(data)
    if data.startswith((b"\xfd7zXZ", b"\x5d\0\0")):
        return lzma.decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return call(ZSTD, ["--decompress", "--stdout", "--quiet", file], file=file)
    return data


def read_archive(data: bytes) -> tuple[dict[str, Member], int]:
    """The members of the one archive that the data begin with, and where it ends.

    Raises ValueError when it is none.
    """
    found, offset = dict[str, Member](), 0
    while True:
        header = data[offset : offset + _HEADER]
        if len(header) < _HEADER or header[:6] not in (MAGIC, _WITH_SUMS):
            raise ValueError(f"no cpio archive of the kernel's format at byte {offset}")
        fields = [int(header[at : at + 8], 16) for at in range(6, _HEADER, 8)]
        mode, size, length = fields[1], fields[6], fields[11]
        name = data[offset + _HEADER : offset + _HEADER + length - 1]
        start = _aligned(offset + _HEADER + length)
        offset = _aligned(start + size)
        if name == _TRAILER:
            return found, offset
        path = name.decode(errors="replace").lstrip("/").removeprefix("./")
        found[path] = Member(path=path, mode=mode, content=data[start : start + size])


def _aligned(offset: int) -> int:
    return offset + -offset % 4
