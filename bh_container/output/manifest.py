"""`manifest.json`: what a build directory holds, and what it was made from.

A build is complete when its manifest says so: the manifest is written last, and the directory
gets its name only afterwards.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
INVENTORY = "packages.tsv"
"""What `target/inventory.sh` leaves: list, category/name-version and USE, a line per package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a build was made from. `date` is UTC; `seed` and `host_image` are image ids."""

    target: str
    date: str
    seed: str
    host_image: str
    steps: Mapping[str, str]


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
    manifest = {
        "format": FORMAT,
        "target": provenance.target,
        "date": provenance.date,
        "seed": provenance.seed,
        "host_image": provenance.host_image,
        "steps": dict(provenance.steps),
        "packages": packages,
        "files": {
            path.relative_to(build).as_posix(): _describe(path)
            for path in sorted(build.rglob("*"))
            if path.is_file()
        },
        "complete": True,
    }
    _write_synced(build / MANIFEST, json.dumps(manifest, indent=2) + "\n")


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


def _write_synced(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
