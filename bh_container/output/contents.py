"""What a build or a snapshot holds, read so that two of them can be compared."""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bh_container.config.atom import parse_atom
from bh_container.output.build import Build
from bh_container.output.images import image_files
from bh_container.output.manifest import MANIFEST
from bh_container.output.squashfs import Entry, Kind, read_entries, unpack

KERNEL_CONFIG = "kernel.config"
"""In a build directory; `config` is the name of an image there (`pack-config`)."""

_UNSET = "# CONFIG_"
_KINDS = {
    stat.S_IFDIR: Kind.DIRECTORY,
    stat.S_IFREG: Kind.FILE,
    stat.S_IFLNK: Kind.LINK,
    stat.S_IFIFO: Kind.PIPE,
    stat.S_IFSOCK: Kind.SOCKET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A version of a package that is installed, and the USE flags that were on."""

    version: str
    use: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is at a path. `content` is a digest, a link's target, or a node's type and numbers."""

    kind: Kind
    mode: int
    owner: tuple[int, int]
    size: int = 0
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Packages by category/name, files by path, the kernel's options by name: each below the list,
    image or unit that has them. Sizes are in bytes, by name.
    """

    packages: Mapping[str, Mapping[str, tuple[Package, ...]]] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, File]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def build_contents(one: Build, other: Build) -> tuple[Contents, Contents]:
    """What two builds hold. Images that are the same in both, byte for byte, are left out."""
    manifests = [json.loads((b.directory / MANIFEST).read_text()) for b in (one, other)]
    files = [manifest["files"] for manifest in manifests]
    same = {name for name in files[0] if files[0][name] == files[1].get(name)}
    first, second = (
        Contents(
            packages={
                name: _packages((entry["package"], entry["use"]) for entry in entries)
                for name, entries in manifest["packages"].items()
            },
            files=_image_contents(build, [name for name in build.images if name not in same]),
            sizes={name: entry["size"] for name, entry in manifest["files"].items()},
            options={"kernel": read_options(build.directory / KERNEL_CONFIG)},
        )
        for build, manifest in zip((one, other), manifests, strict=True)
    )
    return first, second


def _image_contents(build: Build, names: list[str]) -> dict[str, Mapping[str, File]]:
    with image_files(build, names) as files:
        return {name: read_image(file) for name, file in zip(names, files, strict=True)}


def read_image(image: Path) -> dict[str, File]:
    """Every path of a squashfs image but its root."""
    entries = read_entries(image)
    with tempfile.TemporaryDirectory(prefix="bh-diff-") as directory:
        root = Path(directory, "root")
        unpack(image, root)
        return {path: _from_entry(entry, root / path) for path, entry in entries.items()}


def read_tree(root: Path, *, without: frozenset[str] = frozenset()) -> dict[str, File]:
    """Every path below a directory, but those below one of `without`."""
    return {path: _from_disk(root / path) for path in _paths(root, "", without)}


def read_packages(database: Path) -> dict[str, tuple[Package, ...]]:
    """What a package database says is installed (PMS, var/db/pkg)."""
    entries = sorted(database.glob("*/*/USE"))
    return _packages(
        (f"{use.parent.parent.name}/{use.parent.name}", use.read_text().split()) for use in entries
    )


def read_options(config: Path) -> dict[str, str]:
    """A kernel's options by name; one that is off has the value `n`. None without the file."""
    try:
        lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    options = {}
    for line in lines:
        if line.startswith(_UNSET) and line.endswith(" is not set"):
            options[line.split()[1]] = "n"
        elif line.startswith("CONFIG_") and "=" in line:
            name, _, value = line.partition("=")
            options[name] = value
    return options


def _packages(entries: Iterator[tuple[str, list[str]]]) -> dict[str, tuple[Package, ...]]:
    packages: dict[str, tuple[Package, ...]] = {}
    for name_and_version, use in entries:
        atom = parse_atom(f"={name_and_version}")
        package = Package(version=atom.version or "", use=frozenset(use))
        packages[atom.package] = (*packages.get(atom.package, ()), package)
    return packages


def _paths(root: Path, below: str, without: frozenset[str]) -> Iterator[str]:
    with os.scandir(root / below) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if path not in without:
            yield path
            if entry.is_dir(follow_symlinks=False):
                yield from _paths(root, path, without)


def _from_entry(entry: Entry, place: Path) -> File:
    file = File(kind=entry.kind, mode=entry.mode, owner=entry.owner, content=entry.rest)
    return _with_content(file, place) if entry.kind is Kind.FILE else file


def _from_disk(place: Path) -> File:
    status = place.lstat()
    kind = _KINDS.get(stat.S_IFMT(status.st_mode), Kind.NODE)
    file = File(kind=kind, mode=stat.S_IMODE(status.st_mode), owner=(status.st_uid, status.st_gid))
    match kind:
        case Kind.FILE:
            return _with_content(file, place)
        case Kind.LINK:
            return replace(file, content=os.fsdecode(place.readlink()))
        case Kind.NODE:
            numbers = f"{os.major(status.st_rdev)} {os.minor(status.st_rdev)}"
            letter = "b" if stat.S_ISBLK(status.st_mode) else "c"
            return replace(file, content=f"{letter} {numbers}")
        case _:
            return file


def _with_content(file: File, place: Path) -> File:
    with place.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return replace(file, size=place.stat().st_size, content=digest)
