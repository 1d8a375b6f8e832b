"""Executing programs of a foreign architecture, by qemu-user, for as long as it takes.

https://docs.kernel.org/admin-guide/binfmt-misc.html. The flag F has the kernel open qemu-user
now, so that it works inside a container, where there is none.
"""

import fcntl
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bh_container.errors import BhError
from bh_container.output.elf import MAGIC, Elf, read_elf
from bh_container.output.program import Program, call

BINFMT = Path("/proc/sys/fs/binfmt_misc")
_MOUNT, _UMOUNT = (
    Program(name=name, debian="mount", gentoo="sys-apps/util-linux") for name in ("mount", "umount")
)
_OURS = "bh-container-"
_SOURCE = "bh-container"
"""What is mounted, in the words of /proc/self/mounts, where one of these processes did it."""
_TYPES = 2, 3  # ET_EXEC and ET_DYN differ in the lowest bit


class CannotExecute(BhError):
    """This machine executes no programs of that architecture, and may not be made to."""


@contextmanager
def executable(elf: Elf, arch: str) -> Iterator[None]:
    """Have this machine execute programs like `elf`; `arch` is QEMU's name of the architecture.

    What is registered for it is taken back at the end. Raises CannotExecute.
    """
    native = platform.machine()
    magic, mask = pattern_of(elf)
    if arch == native or (arch, native) == ("i386", "x86_64") or _is_known(magic):
        yield
        return
    interpreter = _qemu(arch)
    if os.geteuid() != 0:
        raise CannotExecute(f"only root can have {arch} programs executed by {interpreter}")
    name = f"{_OURS}{arch}-{os.getpid()}"
    with _alone():
        _mount()
        _register(f":{name}:M::{_escaped(magic)}:{_escaped(mask)}:{interpreter}:F")
    try:
        yield
    finally:
        with _alone():
            (BINFMT / name).write_text("-1")
            _unmount()


def pattern_of(elf: Elf) -> tuple[bytes, bytes]:
    """The first 20 bytes of such a program, and which of their bits count.

    The byte that does not count is the ABI of the operating system.
    """
    order = "little" if elf.little_endian else "big"
    kind = bytes([1 if elf.bits == 32 else 2, 1 if elf.little_endian else 2, 1])
    magic = MAGIC + kind + bytes(9) + _half(_TYPES[0], order) + _half(elf.machine, order)
    mask = b"\xff" * 7 + b"\0" + b"\xff" * 8 + _half(0xFFFE, order) + b"\xff\xff"
    return magic, mask


def _half(number: int, order: str) -> bytes:
    return number.to_bytes(2, "little" if order == "little" else "big")


def _escaped(text: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text)


def _is_known(magic: bytes) -> bool:
    """Whether somebody else has registered it, for containers too."""
    for entry in BINFMT.glob("*"):
        if entry.name in ("register", "status") or entry.name.startswith(_OURS):
            continue
        with suppress(OSError):
            lines = entry.read_text().splitlines()
            flags = next((line for line in lines if line.startswith("flags:")), "")
            if "enabled" in lines and f"magic {magic.hex()}" in lines and "F" in flags[6:]:
                return True
    return False


def _qemu(arch: str) -> str:
    """qemu-user for that architecture, which must need no libraries."""
    for name in (f"qemu-{arch}-static", f"qemu-{arch}"):
        found = shutil.which(name)
        elf = read_elf(Path(found)) if found else None
        if found and elf and elf.loader is None:
            return found
    raise CannotExecute(
        f"there is no qemu-{arch}-static on this machine",
        remedy="Debian: apt-get install qemu-user-static; "
        "Gentoo: emerge app-emulation/qemu with USE=static-user",
    )


@contextmanager
def _alone() -> Iterator[None]:
    """While no other of these processes mounts, registers or unmounts."""
    directory = os.open(BINFMT.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _mount() -> None:
    """Mount the kernel's directory, if it is not yet."""
    if (BINFMT / "register").exists():
        return
    try:
        call(_MOUNT, ["-t", "binfmt_misc", _SOURCE, BINFMT], file=BINFMT)
    except BhError as error:
        raise CannotExecute(str(error)) from error


def _register(rule: str) -> None:
    try:
        (BINFMT / "register").write_text(rule)
    except OSError as error:
        _unmount()
        raise CannotExecute(f"{BINFMT}: {error.strerror}") from error


def _unmount() -> None:
    """Unmount what one of these processes mounted, once nothing is registered any more."""
    empty = {entry.name for entry in BINFMT.iterdir()} <= {"register", "status"}
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    if empty and any(line.startswith(f"{_SOURCE} {BINFMT} ") for line in mounts):
        call(_UMOUNT, [BINFMT], file=BINFMT)
