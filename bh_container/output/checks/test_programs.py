"""Programs: they are for this machine, and find what they need."""

import re
from collections.abc import Iterator
from pathlib import Path

from bh_container.output.checks.root import Root, refuse
from bh_container.output.elf import Elf, Type, read_elf

I386, X86_64 = 3, 62
_MUSL = re.compile(r"/ld-musl-[^/]+\.so\.1$")


def test_init_is_there(root: Root) -> None:
    """What the initramfs starts at the end is a program."""
    init = root.resolve("/sbin/init")
    if init is None:
        refuse(["/sbin/init: there is none, or it is a link that leads nowhere"])
    elif not init.stat().st_mode & 0o111:
        refuse([f"/sbin/init: {root.name(init)} cannot be executed"])


def test_loader_is_there(root: Root) -> None:
    """Every program's dynamic loader is where the program says."""
    refuse(
        f"{root.name(path)}: its loader {elf.loader} is not there"
        for path, elf in root.programs.items()
        if elf.loader and root.resolve(elf.loader) is None
    )


def test_libraries_are_there(root: Root) -> None:
    """Some image has each library that a program or a library needs."""
    names = {path.name for path in root.paths}
    for elf in root.programs.values():
        if elf.loader and _MUSL.search(elf.loader):
            names.add("libc.so")  # musl's loader is the libc
    refuse(
        f"{root.name(path)}: no image has {library}, which it needs"
        for path, elf in root.programs.items()
        for library in elf.needed
        if library not in names
    )


def test_programs_are_for_this_machine(root: Root) -> None:
    """No program, library or module is for another architecture."""
    allowed = _machines(root)
    refuse(
        f"{root.name(path)}: is for ELF machine {elf.machine}, and this is {_all(allowed)}"
        for path, elf in root.programs.items()
        if _runs(path, elf) and elf.machine not in allowed
    )


def _machines(root: Root) -> set[int]:
    """The machine of the tuple; where that is not known, the machine of init."""
    machines = set(_of_init(root)) if root.machine is None else {root.machine}
    if X86_64 in machines and root.resolve("/lib/ld-linux.so.2"):
        machines.add(I386)  # multilib
    return machines


def _of_init(root: Root) -> Iterator[int]:
    init = root.resolve("/sbin/init")
    elf = read_elf(init) if init else None
    if elf:
        yield elf.machine


def _runs(path: Path, elf: Elf) -> bool:
    # Other relocatable files are parts of boot loaders, or input for a linker.
    return elf.type in (Type.EXECUTABLE, Type.DYNAMIC) or ".ko" in path.suffixes


def _all(machines: set[int]) -> str:
    return " or ".join(map(str, sorted(machines)))
