"""A disk image to boot from, made without root privileges and without a loop mount."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bh_container.errors import BhError, MissingProgram

_MIB = 1 << 20
# Room for the file allocation tables and directories, beside the files themselves.
_ROOM = 4 * _MIB
_LABEL = "BH"


class MediumFailed(BhError):
    """A disk image could not be made."""

    exit_status = 3

    def __init__(self, image: Path, program: str, output: str) -> None:
        super().__init__(f"{image}: {program} failed: {output.strip()}")
        self.image = image


def make_medium(files: Mapping[str, Path], image: Path) -> None:
    """Write a FAT file system to `image`, with `files` under the names that are their keys.

    A name may have directories: `images/base`. The same files give the same bytes. Raises
    MediumFailed, and MissingProgram without dosfstools or mtools; then there is no `image`.
    """
    size = sum(_rounded(path.stat().st_size) for path in files.values()) + _ROOM
    image.unlink(missing_ok=True)
    with image.open("wb") as empty:
        empty.truncate(size + size // 64)
    try:
        # --invariant: no volume number made from the time of day.
        _call(image, "mkfs.vfat", ["--invariant", "-n", _LABEL, str(image)])
        for directory in _directories(files):
            _call(image, "mmd", ["-i", str(image), f"::{directory}"])
        for name, path in sorted(files.items()):
            _call(image, "mcopy", ["-i", str(image), str(path), f"::{name}"])
    except BhError:
        image.unlink(missing_ok=True)
        raise


def _rounded(size: int) -> int:
    """What a file takes at most, with clusters of 64 KiB."""
    return -(-size // 65536) * 65536


def _directories(files: Mapping[str, Path]) -> list[str]:
    """Every directory that the names need, a parent before its children."""
    found = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    return sorted(found - {".", "/"})


def _call(image: Path, program: str, words: list[str]) -> None:
    # Debian keeps mkfs.* in a directory that is not on every user's PATH.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(program, path=path)
    if found is None:
        package = "dosfstools" if program == "mkfs.vfat" else "mtools"
        raise MissingProgram(program, debian=package, gentoo=f"sys-fs/{package}")
    # A constant time stamp for what mtools writes (reproducible-builds.org, SOURCE_DATE_EPOCH).
    environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800", "MTOOLS_SKIP_CHECK": "1"}
    done = subprocess.run(
        [found, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MediumFailed(image, program, done.stderr or done.stdout)
