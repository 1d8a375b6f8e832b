"""The version of a kernel, read from its file: what `uname -r` says when it runs."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_BANNER = re.compile(rb"Linux version ([0-9][!-~]*) \(")
_GZIP = b"\x1f\x8b\x08"
_X86_MAGIC, _X86_AT = b"HdrS", 0x202
"""https://docs.kernel.org/arch/x86/boot.html: `kernel_version` is an offset into the setup code."""


def kernel_release(file: Path) -> str | None:
    """The release, or None where it is packed in a way that only the kernel itself unpacks."""
    data = file.read_bytes()
    if data[_X86_AT : _X86_AT + 4] == _X86_MAGIC:
        place = int.from_bytes(data[0x20E:0x210], "little") + 0x200
        return data[place : place + 256].partition(b" ")[0].decode(errors="replace")
    for text in (data, *_unpacked(data)):
        if found := _BANNER.search(text):
            return found[1].decode()
    return None


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Every gzip stream in the file: a kernel that unpacks itself carries one."""
    place = data.find(_GZIP)
    while place >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(data[place:])
        place = data.find(_GZIP, place + 1)
