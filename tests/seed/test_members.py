"""The names in an archive."""

import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.seed.members import MembersRefused, check_members
from tests.conftest import member
from tests.seed.release import make_tar


def zstd(data: bytes) -> bytes:
    done = subprocess.run(["zstd", "--quiet"], input=data, stdout=subprocess.PIPE, check=True)
    return done.stdout


def write(directory: Path, content: bytes) -> Path:
    path = directory / "stage3.tar.part"
    path.write_bytes(content)
    return path


PACKERS = [bytes, gzip.compress, bz2.compress, lzma.compress, zstd]


@pytest.mark.parametrize("pack", PACKERS)
def test_whatever_it_is_packed_with(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    check_members(write(tmp_path, pack(make_tar("./usr/..hidden/", "./a..b"))))
    with pytest.raises(MembersRefused, match=r"^stage3\.tar: its member 'usr/\.\./\.\./x' leads"):
        check_members(write(tmp_path, pack(make_tar("usr/../../x"))))


@pytest.mark.parametrize("pack", PACKERS)
def test_half_of_it(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(make_tar())
    with pytest.raises(MembersRefused, match="damaged"):
        check_members(write(tmp_path, packed[: len(packed) // 2]))


@pytest.mark.parametrize(
    ("kind", "target", "good"),
    [
        (tarfile.SYMTYPE, "/etc/passwd", True),
        (tarfile.SYMTYPE, "../usr/bin", True),
        (tarfile.LNKTYPE, "./etc/passwd", True),
        (tarfile.LNKTYPE, "/etc/passwd", False),
        (tarfile.LNKTYPE, "../etc/passwd", False),
    ],
)
def test_links(tmp_path: Path, kind: bytes, target: str, good: bool) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        link = member("link", kind)
        link.linkname = target
        tar.addfile(link)
    path = write(tmp_path, stream.getvalue())
    if good:
        check_members(path)
    else:
        with pytest.raises(MembersRefused, match=target):
            check_members(path)


def test_a_name_that_only_a_long_header_has(tmp_path: Path) -> None:
    name = f"../{'x' * 300}"
    with pytest.raises(MembersRefused, match="leads outside"):
        check_members(write(tmp_path, make_tar(name)))


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    moved: list[tuple[int, int | None]] = []
    content = make_tar()
    check_members(write(tmp_path, content), lambda *pair: moved.append(pair))
    assert moved[-1] == (len(content), len(content))
