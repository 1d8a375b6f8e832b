"""Reading an initramfs: cpio archives one after another, each plain or compressed.

Format: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import lzma
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bh_container.errors import BhError
from bh_container.output.program import Program, call

_ZSTD = Program(name="zstd", debian="zstd", gentoo="app-arch/zstd")
_HEADER = 110
_TRAILER = "TRAILER!!!"


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
    """All members by path; of two with one path the later, as the kernel has it."""
    return {member.path: member for member in _members(_plain(file), file)}


def _plain(file: Path) -> bytes:
    data = file.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31).decompress(data)
    if data.startswith((b"\xfd7zXZ", b"\x5d\0\0")):
        return lzma.decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return call(_ZSTD, ["--decompress", "--stdout", "--quiet", file], file=file)
    return data


def _members(data: bytes, file: Path) -> Iterator[Member]:
    offset = 0
    while offset < len(data):
        if data[offset] == 0:  # between two archives
            offset += 1
            continue
        header = data[offset : offset + _HEADER]
        if len(header) < _HEADER or header[:6] not in (b"070701", b"070702"):
            raise BhError(f"{file}: no cpio archive of the kernel's format at byte {offset}")
        fields = [int(header[at : at + 8], 16) for at in range(6, _HEADER, 8)]
        mode, size, length = fields[1], fields[6], fields[11]
        start = _aligned(offset + _HEADER + length)
        path = data[offset + _HEADER : offset + _HEADER + length - 1].decode(errors="replace")
        if path != _TRAILER:
            content = data[start : start + size]
            yield Member(path=path.lstrip("/").removeprefix("./"), mode=mode, content=content)
        offset = _aligned(start + size)


def _aligned(offset: int) -> int:
    return offset + -offset % 4
