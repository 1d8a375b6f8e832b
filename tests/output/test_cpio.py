"""Reading an initramfs, as the kernel's own program writes it and as others do."""

import gzip
import lzma
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.output.cpio import read_initramfs
from tests.output.archive import cpio

FILES = {"init": b"#!/bin/sh\n", "lib/modules/6.1/modules.dep": b"a.ko:\n", "empty": b""}


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q"], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, zstd])
def test_every_compression(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "initramfs").write_bytes(pack(cpio(FILES)))
    found = read_initramfs(tmp_path / "initramfs")
    assert {path: member.content for path, member in found.items()} == FILES
    assert found["init"].is_file


def test_archives_one_after_another(tmp_path: Path) -> None:
    both = cpio(FILES) + bytes(512) + cpio({"./init": b"later", "/late": b"x"})
    (tmp_path / "initramfs").write_bytes(both)
    found = read_initramfs(tmp_path / "initramfs")
    assert found["init"].content == b"later"
    assert found["late"].content == b"x"


@pytest.mark.parametrize("content", [b"nothing of the kind", cpio(FILES)[:50]])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "initramfs").write_bytes(content)
    with pytest.raises(BhError, match="no cpio archive"):
        read_initramfs(tmp_path / "initramfs")
