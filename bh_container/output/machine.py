"""Which QEMU machine a build is started on, and the words of QEMU's command line.

Options: qemu(1), "QEMU System Emulation User's Guide".
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bh_container.errors import BhError, MissingProgram


class Accelerator(StrEnum):
    """What executes the guest's instructions."""

    KVM = "kvm"
    TCG = "tcg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine for one architecture.

    `console` is the kernel's name of its serial port, `elf` the number of its programs (EM_*).
    """

    program: str
    debian: str
    words: tuple[str, ...]
    console: str
    elf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A machine to start: what it boots, and what it finds there.

    `arch` is QEMU's name of the architecture, `medium` a disk image that the guest cannot write
    to, `shares` directories by their 9p tag. `cmdline` comes after what the console needs.
    """

    arch: str
    kernel: Path
    initramfs: Path | None = None
    medium: Path | None = None
    cmdline: str = ""
    memory_mib: int = 512
    cpus: int = 2
    network: bool = False
    shares: Mapping[str, Path] = field(default_factory=dict)


_X86 = ("-machine", "q35")

MACHINES: Mapping[str, Machine] = {
    "aarch64": Machine(
        program="qemu-system-aarch64",
        debian="qemu-system-arm",
        words=("-machine", "virt", "-cpu", "cortex-a72"),
        console="ttyAMA0",
        elf=183,
    ),
    "arm": Machine(
        program="qemu-system-arm",
        debian="qemu-system-arm",
        words=("-machine", "virt", "-cpu", "cortex-a15"),
        console="ttyAMA0",
        elf=40,
    ),
    "i386": Machine(
        program="qemu-system-i386",
        debian="qemu-system-x86",
        words=_X86,
        console="ttyS0",
        elf=3,
    ),
    "m68k": Machine(
        program="qemu-system-m68k",
        debian="qemu-system-misc",
        words=("-machine", "virt"),
        console="ttyGF0",
        elf=4,
    ),
    "riscv64": Machine(
        program="qemu-system-riscv64",
        debian="qemu-system-misc",
        words=("-machine", "virt"),
        console="ttyS0",
        elf=243,
    ),
    "x86_64": Machine(
        program="qemu-system-x86_64",
        debian="qemu-system-x86",
        words=_X86,
        console="ttyS0",
        elf=62,
    ),
}


def machine(arch: str) -> Machine:
    """The machine for `arch`; BhError when there is none."""
    try:
        return MACHINES[arch]
    except KeyError:
        known = ", ".join(sorted(MACHINES))
        raise BhError(f"{arch}: no QEMU machine for it", remedy=f"known are {known}") from None


def command_line(guest: Guest, accelerator: Accelerator, *, serial: str = "stdio") -> list[str]:
    """QEMU's command line for `guest`, its console at the character device `serial`.

    The guest's reboot ends QEMU, and so does a panic.
    """
    chosen = machine(guest.arch)
    words = [_program(chosen), "-nodefaults", "-no-user-config", "-no-reboot"]
    words += [*chosen.words, *_acceleration(accelerator)]
    words += ["-m", f"{guest.memory_mib}M", "-smp", str(guest.cpus)]
    words += ["-display", "none", "-serial", serial]
    words += ["-kernel", str(guest.kernel)]
    words += ["-append", f"console={chosen.console} panic=-1 {guest.cmdline}".rstrip()]
    if guest.initramfs:
        words += ["-initrd", str(guest.initramfs)]
    if guest.medium:
        drive = f"file={_option(guest.medium)},id=medium,if=none,format=raw,readonly=on"
        words += ["-drive", drive, "-device", "virtio-blk,drive=medium"]
    for number, (tag, directory) in enumerate(guest.shares.items()):
        share = f"local,id=share{number},path={_option(directory)},security_model=none,readonly=on"
        words += ["-fsdev", share, "-device", f"virtio-9p,fsdev=share{number},mount_tag={tag}"]
    if guest.network:
        words += ["-netdev", "user,id=net", "-device", "virtio-net,netdev=net"]
    return words


def _acceleration(accelerator: Accelerator) -> list[str]:
    # `-cpu host` wins over the machine's own model, which KVM may not be able to offer.
    if accelerator is Accelerator.KVM:
        return ["-accel", "kvm", "-cpu", "host"]
    return ["-accel", "tcg"]


def _program(chosen: Machine) -> str:
    found = shutil.which(chosen.program)
    if found is None:
        raise MissingProgram(chosen.program, debian=chosen.debian, gentoo="app-emulation/qemu")
    return found


def _option(path: Path) -> str:
    """A path inside an option of QEMU, where a comma is written twice."""
    return str(path).replace(",", ",,")
