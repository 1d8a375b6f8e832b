"""Which layout a target has."""

from dataclasses import replace

import pytest

from bh_container import steps
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
def test_layouts(shipped: Shipped, arch: str, package: str | None, name: str, kernel: str) -> None:
    target = shipped.target()
    other = replace(target, build_arch=arch, kernel=replace(target.kernel, package=package))
    layout = layout_of(other)
    assert (layout.name, layout.kernel) == (name, kernel)
    assert layout.script in steps.load_scripts()
