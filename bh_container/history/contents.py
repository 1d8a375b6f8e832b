"""What two snapshots hold, as far as they differ: read from their images, mounted for that."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bh_container.engine.protocol import Engine
from bh_container.history.look import SYSROOT, open_look
from bh_container.history.snapshot import HOST, Snapshot
from bh_container.output.contents import (
    Contents,
    File,
    Package,
    read_options,
    read_packages,
    read_tree,
)

DATABASE = "var/db/pkg"
LEFT_OUT = frozenset({DATABASE, "var/cache/edb", "var/log", "var/tmp", "tmp", "proc", "sys", "dev"})
"""What says the same as the packages do, or nothing that lasts."""


def snapshot_contents(engine: Engine, one: Snapshot, other: Snapshot) -> tuple[Contents, Contents]:
    """What the parts of two snapshots hold; those that are the same image in both are left out."""
    same = {unit for unit in one.images if one.images[unit] == other.images.get(unit)}
    return _read(engine, one, same), _read(engine, other, same)


def _read(engine: Engine, snapshot: Snapshot, same: set[str]) -> Contents:
    packages: dict[str, Mapping[str, tuple[Package, ...]]] = {}
    files: dict[str, Mapping[str, File]] = {}
    options: dict[str, Mapping[str, str]] = {}
    for unit in snapshot.parts.keys() - same:
        with _opened(engine, snapshot, unit) as root:
            system = root if unit == HOST else root / SYSROOT
            packages[unit] = read_packages(system / DATABASE)
            files[unit] = read_tree(system, without=LEFT_OUT)
            options[unit] = read_options(root / "work/kernel/config")
    sizes = {unit: part.size for unit, part in snapshot.parts.items()}
    return Contents(packages=packages, files=files, sizes=sizes, options=options)


@contextmanager
def _opened(engine: Engine, snapshot: Snapshot, unit: str) -> Iterator[Path]:
    name = open_look(engine, snapshot, unit, use=f"diff-{secrets.token_hex(2)}")
    try:
        yield engine.mount(name)
    finally:
        engine.remove_container(name)
