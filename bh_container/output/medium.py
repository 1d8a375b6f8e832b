"""A medium to boot from, made without root privileges and without a loop mount."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bh_container.config.choices import Medium
from bh_container.errors import BhError
from bh_container.output.program import Program, call

_MIB = 1 << 20
# Room for the file system's own tables, beside the files themselves.
_ROOM = 4 * _MIB
_LABEL = "BH"
MKFS_VFAT = Program(name="mkfs.vfat", debian="dosfstools", gentoo="sys-fs/dosfstools")
MMD = Program(name="mmd", debian="mtools", gentoo="sys-fs/mtools")
MCOPY = Program(name="mcopy", debian="mtools", gentoo="sys-fs/mtools")
_MKE2FS = Program(name="mke2fs", debian="e2fsprogs", gentoo="sys-fs/e2fsprogs")
_XORRISO = Program(name="xorriso", debian="xorriso", gentoo="dev-libs/libisoburn")


def make_medium(files: Mapping[str, Path], image: Path, kind: Medium = Medium.FAT) -> None:
    """Write a file system to `image`, with `files` under the names that are their keys.

    A name may have directories: `images/base`. The same files give the same bytes on FAT. For a
    share, `image` becomes a directory. Raises ProgramFailed, and MissingProgram without the
    programs that make it; then there is no `image`.
    """
    make = {Medium.FAT: _fat, Medium.EXT4: _ext4, Medium.ISO: _iso, Medium.SHARE: _lay_out}[kind]
    _remove(image)
    try:
        make(files, image)
    except BhError:
        _remove(image)
        raise


def _fat(files: Mapping[str, Path], image: Path) -> None:
    _truncate(files, image)
    # --invariant: no volume number made from the time of day.
    call(MKFS_VFAT, ["--invariant", "-n", _LABEL, image], file=image)
    # A constant time stamp for what mtools writes (reproducible-builds.org, SOURCE_DATE_EPOCH).
    constant = {"SOURCE_DATE_EPOCH": "315532800", "MTOOLS_SKIP_CHECK": "1"}
    for directory in _directories(files):
        call(MMD, ["-i", image, f"::{directory}"], file=image, environment=constant)
    for name, path in sorted(files.items()):
        call(MCOPY, ["-i", image, path, f"::{name}"], file=image, environment=constant)


def _ext4(files: Mapping[str, Path], image: Path) -> None:
    _truncate(files, image)
    with tempfile.TemporaryDirectory(dir=image.parent, prefix=".medium-") as scratch:
        _lay_out(files, Path(scratch, "files"))
        words = ["-q", "-t", "ext4", "-L", _LABEL, "-O", "^has_journal", "-m", "0"]
        call(_MKE2FS, [*words, "-d", f"{scratch}/files", image], file=image)


def _iso(files: Mapping[str, Path], image: Path) -> None:
    words = ["-as", "mkisofs", "-quiet", "-R", "-V", _LABEL, "-graft-points"]
    # Resolved: a link would be stored as a link.
    grafts = [f"{name}={path.resolve()}" for name, path in sorted(files.items())]
    call(_XORRISO, [*words, "-o", image, *grafts], file=image)


def _lay_out(files: Mapping[str, Path], directory: Path) -> None:
    """Links where the file system allows it: the images of a complete system are large."""
    for name, path in files.items():
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path.resolve(), place)
        except OSError:
            shutil.copyfile(path, place)


def _truncate(files: Mapping[str, Path], image: Path) -> None:
    size = sum(_rounded(path.stat().st_size) for path in files.values()) + _ROOM
    with image.open("wb") as empty:
        empty.truncate(size + size // 64)


def _remove(image: Path) -> None:
    if image.is_dir():
        shutil.rmtree(image)
    else:
        image.unlink(missing_ok=True)


def _rounded(size: int) -> int:
    """What a file takes at most, with clusters of 64 KiB."""
    return -(-size // 65536) * 65536


def _directories(files: Mapping[str, Path]) -> list[str]:
    """Every directory that the names need, a parent before its children."""
    found = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    return sorted(found - {".", "/"})
