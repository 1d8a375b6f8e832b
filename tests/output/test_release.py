"""The version of a kernel, from its file."""

import gzip
from pathlib import Path

import pytest

from bh_container.output.release import kernel_release

BANNER = b"Linux version 6.1.176-mine (builder@host) (gcc) #1"


def bzimage(release: bytes) -> bytes:
    """The head of an x86 kernel: what it says of itself is packed too."""
    head = bytearray(0x400)
    head[0x202:0x206] = b"HdrS"
    head[0x20E:0x210] = (0x100).to_bytes(2, "little")
    head[0x300 : 0x300 + len(release)] = release
    return bytes(head)


@pytest.mark.parametrize(
    ("content", "release"),
    [
        (b"MZ" + bytes(100) + BANNER, "6.1.176-mine"),
        (gzip.compress(bytes(100) + BANNER, mtime=0), "6.1.176-mine"),
        (b"code \x1f\x8b\x08 more" + gzip.compress(BANNER, mtime=0) + b"tail", "6.1.176-mine"),
        (bzimage(b"6.1.0-x (someone) #1 SMP\0"), "6.1.0-x"),
        (b"Linux version %s (%s)", None),
        (b"", None),
    ],
)
def test_release(tmp_path: Path, content: bytes, release: str | None) -> None:
    (tmp_path / "kernel").write_bytes(content)
    assert kernel_release(tmp_path / "kernel") == release
