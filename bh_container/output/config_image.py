"""The image `config`: what lies above all others at boot, made from a directory of the user's."""

import os
from collections.abc import Iterator
from pathlib import Path

from bh_container.config.problems import Report
from bh_container.errors import BhError
from bh_container.output.build import Build
from bh_container.output.images import image_files
from bh_container.output.shadow import Shadow, shadows
from bh_container.output.squashfs import pack, read_entries

CONFIG = "config"
"""The name by which the initramfs looks for it, beside the other images."""


def pack_config(directory: Path, image: Path) -> None:
    """Pack `directory` into `image`; raises ConfigInvalid with everything that cannot be packed."""
    if not directory.is_dir():
        raise BhError(
            f"{directory}: is no directory",
            remedy="give one that is laid out like the root of the system: DIR/etc/hostname",
        )
    if image.is_dir():
        raise BhError(f"{image}: is a directory", remedy="give --output the name of a file")
    if not image.parent.is_dir():
        raise BhError(f"{image.parent}: is no directory", remedy="create it")
    if image.resolve().is_relative_to(directory.resolve()):
        raise BhError(
            f"{image}: lies in the directory that is packed",
            remedy="give --output a place outside of it",
        )
    _check(directory)
    pack(directory, image)


def shadows_of(image: Path, build: Build, stack: tuple[str, ...]) -> Iterator[Shadow]:
    """What `image` hides when it lies above `stack`, topmost first, and above base."""
    names = [*stack, build.images[0]]
    with image_files(build, names) as files:
        layers = [(name, read_entries(file)) for name, file in zip(names, files, strict=True)]
    return shadows(read_entries(image), layers)


def _check(directory: Path) -> None:
    report = Report()
    empty = True
    for path in sorted(directory.rglob("*")):
        empty = False
        if path.is_socket():
            report.add(path, None, "is a socket", "remove it: only its program can make it")
        elif "\n" in path.name:
            report.add(path, None, "has a name of more than one line", "give it another name")
        elif not path.is_symlink() and not os.access(path, os.R_OK):
            report.add(path, None, "cannot be read", "let this user read it, or pack as root")
    if empty:
        what = "is empty, and would change nothing"
        report.add(directory, None, what, "put files there as they shall be in the root")
    report.raise_if_any()
