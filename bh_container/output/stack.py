"""The root filesystem as it is at boot: all images, one above the other, in one directory.

https://docs.kernel.org/filesystems/overlayfs.html: directories merge, and the upper gives the
mode; anything else takes the place of what is below.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from bh_container.output.squashfs import unpack


def stack_images(images: Iterable[Path], root: Path) -> None:
    """Unpack the images into `root`, the lowest first. Owners are kept only for root."""
    root.mkdir(parents=True)
    for number, image in enumerate(images):
        layer = root.with_name(f"{root.name}.{number}")
        unpack(image, layer)
        _lay(layer, root)
        shutil.rmtree(layer)


def _lay(layer: Path, root: Path) -> None:
    """Move everything in `layer` into `root`, which is on the same file system."""
    for upper in list(layer.iterdir()):
        lower = root / upper.name
        if _is_directory(upper) and _is_directory(lower):
            _lay(upper, lower)
            _take_attributes(upper, lower)
            continue
        if _is_directory(lower):
            shutil.rmtree(lower)
        elif _is_directory(upper):
            lower.unlink(missing_ok=True)
        upper.rename(lower)


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _take_attributes(upper: Path, lower: Path) -> None:
    status = upper.stat()
    if os.geteuid() == 0:
        os.chown(lower, status.st_uid, status.st_gid)
    lower.chmod(stat.S_IMODE(status.st_mode))
