"""Archives as Podman takes them."""

import bz2
import gzip
import lzma
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.engine.archive import FORMATS, Format, open_archive, pieces_of
from bh_container.engine.protocol import EngineError
from bh_container.errors import MissingProgram

CONTENT = random.Random(1).randbytes(3_000_000)


def unpack(path: Path, moved: list[tuple[int, int | None]] | None = None) -> bytes:
    with open_archive(path) as file:
        progress = None if moved is None else lambda *pair: moved.append(pair)
        return b"".join(pieces_of(file, progress))


def xz(data: bytes) -> bytes:
    return lzma.compress(data, preset=0)


def zstd(data: bytes) -> bytes:
    done = subprocess.run(["zstd", "--quiet"], input=data, stdout=subprocess.PIPE, check=True)
    return done.stdout


@pytest.mark.parametrize("pack", [bytes, xz, bz2.compress, zstd])
def test_it_comes_unpacked_and_the_file_s_own_bytes_are_counted(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path, moved = tmp_path / "archive", list[tuple[int, int | None]]()
    path.write_bytes(pack(CONTENT))
    assert unpack(path, moved) == CONTENT
    size = path.stat().st_size
    assert moved[-1] == (size, size)
    assert moved == sorted(moved)


def test_gzip_is_left_to_podman(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(gzip.compress(CONTENT))
    assert unpack(path) == path.read_bytes()


@pytest.mark.parametrize("pack", [xz, bz2.compress, zstd])
def test_half_an_archive_is_damaged(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "archive"
    packed = pack(CONTENT)
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(EngineError, match=r"the archive is damaged: .*(end|short|incomplete)"):
        unpack(path)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda each: each.command[0])
def test_a_program_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: Format
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "archive"
    path.write_bytes(format_.magic + b"more")
    with pytest.raises(MissingProgram, match=f"apt-get install {format_.debian}"):
        unpack(path)


def test_a_reader_that_stops_leaves_no_program_behind(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(xz(CONTENT))
    with open_archive(path) as file:
        pieces = pieces_of(file, None)
        next(pieces)
        del pieces  # closes the generator; a program left running would be a ResourceWarning


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name, words in (("empty", "is empty"), ("missing", "No such file")):
        with pytest.raises(EngineError, match=f"{name}.*{words}"):
            open_archive(tmp_path / name)
