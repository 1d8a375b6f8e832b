"""Which layout a target has."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bh_container import steps
from bh_container.config.kernel import KernelKind, Option
from bh_container.plan.layout import layout_of
from tests.shipped import Shipped


@pytest.mark.parametrize(
    ("arch", "package", "name", "kernel"),
    [
        ("arm64", "sys-kernel/raspberrypi-sources", "raspberrypi", "boot/kernel8.img"),
        ("arm64", "sys-kernel/raspberrypi-image", "raspberrypi", "boot/kernel8.img"),
        ("arm", "sys-kernel/raspberrypi-sources", "raspberrypi", "boot/kernel.img"),
        ("arm64", "sys-kernel/gentoo-sources", "plain", "kernel"),
        ("arm64", None, "plain", "kernel"),
        ("riscv", "sys-kernel/raspberrypi-sources", "plain", "kernel"),
        ("x86", "sys-kernel/gentoo-sources", "plain", "kernel"),
    ],
)
def test_layouts_by_package(
    shipped: Shipped, arch: str, package: str | None, name: str, kernel: str
) -> None:
    target = shipped.target()
    other = replace(target, build_arch=arch, kernel=replace(target.kernel, package=package))
    layout = layout_of(other)
    assert (layout.name, layout.kernel) == (name, kernel)
    assert layout.script in steps.load_scripts()


EFI_STUB = {"EFI_STUB": Option("y", 1)}


@pytest.mark.parametrize(
    ("tuple_", "kind", "options", "kernel"),
    [
        ("x86_64-pc-linux-musl", KernelKind.SOURCES, EFI_STUB, "EFI/boot/bootx64.efi"),
        ("i686-pc-linux-musl", KernelKind.SOURCES, EFI_STUB, "EFI/boot/bootia32.efi"),
        ("aarch64-unknown-linux-musl", KernelKind.SOURCES, EFI_STUB, "EFI/boot/bootaa64.efi"),
        ("armv7a-unknown-linux-musleabihf", KernelKind.SOURCES, EFI_STUB, "EFI/boot/bootarm.efi"),
        ("riscv64-unknown-linux-musl", KernelKind.SOURCES, EFI_STUB, "EFI/boot/bootriscv64.efi"),
        ("x86_64-pc-linux-musl", KernelKind.BINARY, {}, "EFI/boot/bootx64.efi"),
        ("x86_64-pc-linux-musl", KernelKind.DIST, {}, "EFI/boot/bootx64.efi"),
        ("x86_64-pc-linux-musl", KernelKind.DIST, {"EFI_STUB": Option("n", 1)}, "kernel"),
        ("x86_64-pc-linux-musl", KernelKind.SOURCES, {"EFI_STUB": Option("n", 1)}, "kernel"),
        ("x86_64-pc-linux-musl", KernelKind.SOURCES, {}, "kernel"),
        ("x86_64-pc-linux-musl", KernelKind.NONE, {}, "kernel"),
        ("m68k-unknown-linux-musl", KernelKind.SOURCES, EFI_STUB, "kernel"),
        ("mips-unknown-linux-musl", KernelKind.SOURCES, EFI_STUB, "kernel"),
    ],
)
def test_layouts_by_firmware(
    shipped: Shipped, tuple_: str, kind: KernelKind, options: Mapping[str, Option], kernel: str
) -> None:
    target = shipped.target()
    own = replace(target.kernel, kind=kind, package="sys-kernel/x", options=options)
    layout = layout_of(replace(target, tuple=tuple_, kernel=own))
    assert layout.kernel == kernel
    assert layout.script in steps.load_scripts()
