"""A tar archive, read as Podman takes it whatever its version: Podman 5 imports no xz, no zstd.

What has to be unpacked is unpacked on the way by the program of its format, so that nothing is
written to a disk twice.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bh_container.engine.protocol import EngineError, TransferSink
from bh_container.errors import MissingProgram

PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A compression: how its files begin, what unpacks them to stdout, and who has the program."""

    magic: bytes
    command: tuple[str, ...]
    debian: str
    gentoo: str


FORMATS = (
    Format(
        magic=b"\xfd7zXZ\0",
        command=("xz", "--decompress", "--stdout", "--threads=0"),
        debian="xz-utils",
        gentoo="app-arch/xz-utils",
    ),
    Format(
        magic=b"\x28\xb5\x2f\xfd",
        command=("zstd", "--decompress", "--stdout", "--quiet"),
        debian="zstd",
        gentoo="app-arch/zstd",
    ),
    Format(
        magic=b"BZh",
        command=("bzip2", "--decompress", "--stdout"),
        debian="bzip2",
        gentoo="app-arch/bzip2",
    ),
)
"""gzip is missing on purpose: every version of Podman unpacks it."""


def open_archive(path: Path) -> BinaryIO:
    """Open an archive; raises `EngineError` for what cannot be read or has nothing in it."""
    try:
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise EngineError(f"{path}: {error.strerror}") from error
    if not os.fstat(file.fileno()).st_size:
        file.close()
        raise EngineError(f"{path} is empty")  # which Podman would take for an empty system
    return file


def pieces_of(archive: BinaryIO, progress: TransferSink | None) -> Iterator[bytes]:
    """The archive in pieces, unpacked; `progress` counts the bytes of the file as it is.

    Raises `MissingProgram` where the program that unpacks it is missing, and `EngineError` at
    the end of an archive that is damaged.
    """
    descriptor = archive.fileno()
    total = os.fstat(descriptor).st_size
    start = os.pread(descriptor, 8, 0)
    format_ = next((each for each in FORMATS if start.startswith(each.magic)), None)
    for piece in _unpacked(archive, format_) if format_ else _read(archive):
        yield piece
        if progress:
            # The program shares our place in the file, and moves it.
            progress(os.lseek(descriptor, 0, os.SEEK_CUR), total)


def _read(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _unpacked(archive: BinaryIO, format_: Format) -> Iterator[bytes]:
    try:
        process = subprocess.Popen(
            format_.command, stdin=archive, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except FileNotFoundError:
        raise MissingProgram(
            format_.command[0], debian=format_.debian, gentoo=format_.gentoo
        ) from None
    with process:
        assert process.stdout and process.stderr  # noqa: S101 (for mypy: both are pipes)
        try:
            while piece := process.stdout.read(PIECE):
                yield piece
            words = process.stderr.read().decode(errors="replace").strip()
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise EngineError(f"the archive is damaged: {words}", remedy="fetch it again")
