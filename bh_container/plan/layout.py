"""How a build directory is laid out, and which layout a target has.

A new layout is one script in `bh_container/steps/target` and one row in `LAYOUTS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bh_container.config.target import Target

RASPBERRY_PI = {"arm": "kernel.img", "arm64": "kernel8.img"}
"""Kernel file names by architecture, as the firmware looks for them (config.txt, `kernel`)."""

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
    return Layout(
        name="raspberrypi",
        script="target/layout-raspberrypi.sh",
        kernel=f"boot/{RASPBERRY_PI[target.build_arch]}",
        variables={
            "BH_ARM64": "1" if target.build_arch == "arm64" else "0",
            "BH_STACK": ":".join(reversed([one.name for one in target.lists[1:]])),
        },
    )


def _plain(_target: Target) -> Layout:
    return Layout(name="plain", script="target/layout-plain.sh", kernel="kernel")


LAYOUTS: tuple[tuple[Callable[[Target], bool], Callable[[Target], Layout]], ...] = (
    (_is_raspberry_pi, _raspberry_pi),
    (lambda _target: True, _plain),
)
