"""How a build directory is laid out, and which layout a target has.

A new layout is one script in `bh_container/steps/target` and one row in `LAYOUTS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bh_container.config.cpu import cpu_of
from bh_container.config.kernel import ConfigUse, Option
from bh_container.config.placement import placement_of
from bh_container.config.target import KernelKind, Target

RASPBERRY_PI = {"arm": "kernel.img", "arm64": "kernel8.img"}
"""Kernel file names by architecture, as the firmware looks for them (config.txt, `kernel`)."""

EFI = {
    "aarch64": "aa64",
    "arm": "arm",
    "i386": "ia32",
    "loongarch64": "loongarch64",
    "riscv64": "riscv64",
    "x86_64": "x64",
}
"""By CPU, what `boot<name>.efi` is called on a medium (UEFI 2.10, 3.5.1.1)."""

INITRAMFS = "initramfs"
"""The initramfs's path in a build directory, whatever its layout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`kernel` is the kernel's path in the build directory; `variables` are the script's own."""

    name: str
    script: str
    kernel: str
    variables: Mapping[str, str] = field(default_factory=dict)


def layout_of(target: Target) -> Layout:
    """The layout that a target's configuration asks for."""
    for applies, make in LAYOUTS:
        if applies(target):
            return make(target)
    raise AssertionError("the last row applies to every target")


def _is_raspberry_pi(target: Target) -> bool:
    package = target.kernel.package or ""
    return target.build_arch in RASPBERRY_PI and package.startswith("sys-kernel/raspberrypi-")


def _raspberry_pi(target: Target) -> Layout:
    beside = placement_of(target)
    return Layout(
        name="raspberrypi",
        script="target/layout-raspberrypi.sh",
        kernel=f"boot/{RASPBERRY_PI[target.build_arch]}",
        variables={
            "BH_ARM64": "1" if target.build_arch == "arm64" else "0",
            "BH_FOLLOWING": "" if beside.embedded else f"initramfs {INITRAMFS} followkernel",
            "BH_STACK": ":".join(reversed([one.name for one in target.lists[1:]])),
        },
    )


def _is_m68k(target: Target) -> bool:
    return target.tuple.startswith("m68k")


def _m68k(_target: Target) -> Layout:
    """What its boot loaders read: vmlinux, under a name that says what it is."""
    return Layout(name="m68k", script="target/layout-plain.sh", kernel="kernel")


def _is_efi(target: Target) -> bool:
    """Whether the firmware can start the kernel by itself (EFI stub)."""
    if target.kernel.kind is KernelKind.NONE or cpu_of(target.tuple) not in EFI:
        return False
    use = target.kernel.kind.config
    unsaid = Option("n" if use is ConfigUse.WHOLE else "y", None)
    stub = target.kernel.options.get("EFI_STUB", unsaid)
    return use is ConfigUse.UNREAD or stub.value == "y"


def _efi(target: Target) -> Layout:
    return Layout(
        name="efi",
        script="target/layout-efi.sh",
        kernel=f"EFI/boot/boot{EFI[cpu_of(target.tuple)]}.efi",
    )


def _plain(_target: Target) -> Layout:
    return Layout(name="plain", script="target/layout-plain.sh", kernel="kernel")


LAYOUTS: tuple[tuple[Callable[[Target], bool], Callable[[Target], Layout]], ...] = (
    (_is_raspberry_pi, _raspberry_pi),
    (_is_m68k, _m68k),
    (_is_efi, _efi),
    (lambda _target: True, _plain),
)
