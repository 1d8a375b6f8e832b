"""The version of a kernel and the initramfs in it, from its file."""

import gzip
import lzma
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.output.kernel_image import embedded_initramfs, kernel_release
from tests.output.archive import cpio

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


FILES = {"init": b"#!/bin/sh\n", "base": b"hsqs" * 9}


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q"], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("outer", [bytes, gzip.compress, zstd])
@pytest.mark.parametrize("inner", [bytes, gzip.compress, lzma.compress, zstd])
def test_an_initramfs_in_a_kernel(
    tmp_path: Path, outer: Callable[[bytes], bytes], inner: Callable[[bytes], bytes]
) -> None:
    other = cpio({"dev/console": b""})  # every kernel has one, and the magic number in its code
    text = b"code 070701 \x1f\x8b\x08 code" + other + bytes(3) + inner(cpio(FILES)) + b"data" * 99
    (tmp_path / "kernel").write_bytes(b"MZ setup" + outer(text) + b"signature")
    assert embedded_initramfs(tmp_path / "kernel") == cpio(FILES)


def test_a_kernel_without_an_initramfs(tmp_path: Path) -> None:
    (tmp_path / "kernel").write_bytes(gzip.compress(BANNER + cpio({"dev/console": b""})))
    assert embedded_initramfs(tmp_path / "kernel") is None
