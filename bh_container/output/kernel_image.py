"""What can be read from a kernel's file without running it: its version, and an initramfs in it."""

import lzma
import re
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from bh_container.output.cpio import MAGIC as CPIO
from bh_container.output.cpio import read_archive

_BANNER = re.compile(rb"Linux version ([0-9][!-~]*) \(")
_X86_MAGIC, _X86_AT = b"HdrS", 0x202
"""https://docs.kernel.org/arch/x86/boot.html: `kernel_version` is an offset into the setup code."""


def kernel_release(file: Path) -> str | None:
    """What `uname -r` says when it runs; None where only the kernel itself can unpack it."""
    data = file.read_bytes()
    if data[_X86_AT : _X86_AT + 4] == _X86_MAGIC:
        place = int.from_bytes(data[0x20E:0x210], "little") + 0x200
        return data[place : place + 256].partition(b" ")[0].decode(errors="replace")
    for text in (data, *_streams(data)):
        if found := _BANNER.search(text):
            return found[1].decode()
    return None


def embedded_initramfs(kernel: Path) -> bytes | None:
    """The archive of the initramfs that was built into a kernel; None where there is none.

    It lies in the kernel as it is or compressed, and the whole may be compressed once more.
    """
    data = kernel.read_bytes()
    for text in chain((data,), _streams(data)):
        for candidate in chain(_archives(text), _streams(text)):
            with suppress(ValueError):
                members, end = read_archive(candidate)
                if "init" in members:  # and not what every kernel has
                    return candidate[:end]
    return None


def _archives(data: bytes) -> Iterator[bytes]:
    return (data[place:] for place in _places(data, CPIO))


def _streams(data: bytes) -> Iterator[bytes]:
    """Every compressed stream in the data, unpacked; what only looks like one is left out."""
    for magic, unpack in _FORMATS:
        for place in _places(data, magic):
            with suppress(zlib.error, lzma.LZMAError):
                if text := unpack(data[place:]):
                    yield text


def _places(data: bytes, magic: bytes) -> Iterator[int]:
    place = data.find(magic)
    while place >= 0:
        yield place
        place = data.find(magic, place + 1)


def _gunzip(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data)


def _unxz(data: bytes) -> bytes:
    return lzma.LZMADecompressor().decompress(data)


def _unzstd(data: bytes) -> bytes:
    """What zstd makes of the first frame; it complains of what follows."""
    words = ["zstd", "--decompress", "--stdout", "--quiet"]
    with suppress(FileNotFoundError):
        return subprocess.run(words, input=data, capture_output=True, check=False).stdout
    return b""


_FORMATS: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b\x08", _gunzip),
    (b"\xfd7zXZ\0", _unxz),
    (b"\x28\xb5\x2f\xfd", _unzstd),
)
