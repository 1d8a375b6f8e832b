"""A build directory of real, tiny squashfs images."""

from collections.abc import Mapping
from pathlib import Path

from bh_container.output.manifest import BootFiles, Provenance, write_manifest
from bh_container.output.squashfs import pack
from tests.config.tree import TUPLE

Tree = Mapping[str, str]


def make_build(directory: Path, trees: Mapping[str, Tree]) -> Path:
    """A complete build with an image for each tree; a tree has a text for each path."""
    directory.mkdir(parents=True)
    scratch = directory.parent / f"{directory.name}.trees"
    for name, files in trees.items():
        for path, text in files.items():
            place = scratch / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        pack(scratch / name, directory / name)
    for name in ("kernel", "initramfs"):
        (directory / name).write_bytes(b"")
    boot = BootFiles(
        target_tuple=TUPLE, kernel="kernel", initramfs="initramfs", images=tuple(trees)
    )
    provenance = Provenance(
        target=f"{TUPLE}.box", date="20260101T000000Z", seed="", host_image="", steps={}, boot=boot
    )
    inventory = directory.parent / "packages.tsv"
    inventory.write_text("")
    write_manifest(directory, provenance, inventory)
    return directory
