"""`manifest.json`: what a build directory holds, and what it was made from.

A build is complete when its manifest says so: the manifest is written last, and the directory
gets its name only afterwards.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bh_container.durable import UNFINISHED, write_durably

FORMAT = 1
MANIFEST = "manifest.json"
INVENTORY = "packages.tsv"
"""What `target/inventory.sh` leaves: list, category/name-version and USE, a line per package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootFiles:
    """What a machine needs to start: paths in the build directory, and its squashfs images.

    There is no `kernel` where the target has none, and no `initramfs` where the kernel has it in
    itself; of the `images`, those `inside` lie in the initramfs, the others beside it.
    """

    target_tuple: str
    kernel: str | None
    initramfs: str | None
    images: tuple[str, ...]
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a build was made from. `date` is UTC; `steps` maps each step to its key."""

    target: str
    date: str
    seed: str
    host_image: str
    steps: Mapping[str, str]
    boot: BootFiles


def is_complete(build: Path) -> bool:
    """Whether this directory is a build that was finished."""
    try:
        manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("complete") is True


def write_manifest(build: Path, provenance: Provenance, inventory: Path) -> None:
    """Describe every file of a build directory, and the packages that `inventory` lists.

    The manifest appears whole or not at all.
    """
    packages = _packages(inventory.read_text(encoding="utf-8"))
    unfinished = (build / MANIFEST).with_suffix(UNFINISHED)
    manifest = {
        "format": FORMAT,
        "target": provenance.target,
        "date": provenance.date,
        "seed": provenance.seed,
        "host_image": provenance.host_image,
        "steps": dict(provenance.steps),
        "boot": asdict(provenance.boot),
        "packages": packages,
        "files": {
            path.relative_to(build).as_posix(): _describe(path)
            for path in sorted(build.rglob("*"))
            # Both may be there from a call that was cut.
            if path.is_file() and path not in (build / MANIFEST, unfinished)
        },
        "complete": True,
    }
    write_durably(build / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _packages(table: str) -> dict[str, list[dict[str, Any]]]:
    packages: dict[str, list[dict[str, Any]]] = {}
    for line in table.splitlines():
        list_name, package, use = line.split("\t")
        packages.setdefault(list_name, []).append({"package": package, "use": use.split()})
    return packages


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "size": path.stat().st_size}
