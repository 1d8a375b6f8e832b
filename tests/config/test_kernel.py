from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.kernel import Kernel, KernelKind, read_kernel
from bh_container.config.problems import Report
from tests.config.tree import write_tree


def read(directory: Path, tree: Mapping[str, str | None]) -> tuple[Kernel, list[str]]:
    report = Report()
    kernel = read_kernel(write_tree(directory, tree), report)
    return kernel, [str(problem).replace(f"{directory}/", "") for problem in report.problems]


@pytest.mark.parametrize(
    ("world", "config", "kind", "package"),
    [
        ("sys-kernel/gentoo-sources", "x", KernelKind.SOURCES, "sys-kernel/gentoo-sources"),
        ("sys-kernel/git-sources", "x", KernelKind.SOURCES, "sys-kernel/git-sources"),
        (
            "dev-libs/libbsd\nsys-kernel/raspberrypi-sources\nsys-boot/raspberrypi-firmware",
            "x",
            KernelKind.SOURCES,
            "sys-kernel/raspberrypi-sources",
        ),
        ("sys-kernel/my-own", "x", KernelKind.SOURCES, "sys-kernel/my-own"),
        ("=sys-kernel/gentoo-sources-6.12.1", "x", KernelKind.SOURCES,
         "sys-kernel/gentoo-sources"),
        ("dev-libs/libbsd", "x", KernelKind.SOURCES, None),
        ("sys-kernel/gentoo-kernel", "x", KernelKind.DIST, "sys-kernel/gentoo-kernel"),
        ("sys-kernel/gentoo-kernel", None, KernelKind.DIST, "sys-kernel/gentoo-kernel"),
        ("sys-kernel/gentoo-kernel-bin sys-kernel/dracut", None, KernelKind.BINARY,
         "sys-kernel/gentoo-kernel-bin"),
        ("sys-kernel/raspberrypi-image", None, KernelKind.BINARY, "sys-kernel/raspberrypi-image"),
        ("sys-kernel/installkernel\nsys-kernel/linux-firmware\nsys-kernel/gentoo-kernel", "x",
         KernelKind.DIST, "sys-kernel/gentoo-kernel"),
        (None, None, KernelKind.NONE, None),
    ],
)  # fmt: skip
def test_the_kind_of_a_kernel(
    tmp_path: Path, world: str | None, config: str | None, kind: KernelKind, package: str | None
) -> None:
    kernel, problems = read(tmp_path, {"worlds/kernel": world, "linux.config": config})
    assert problems == []
    assert (kernel.kind, kernel.package, kernel.config) == (kind, package, config is not None)
    assert kernel.atoms == tuple(world.split() if world else ())


@pytest.mark.parametrize(
    ("world", "config", "said"),
    [
        ("sys-kernel/gentoo-sources", None, "linux.config: is missing, and sys-kernel/gentoo-sour"),
        ("dev-libs/libbsd", None, "linux.config: is missing, and a kernel built from sources"),
        (None, "x", "linux.config: there is no worlds/kernel to say what it is of; "),
        (
            "sys-kernel/git-sources\nsys-kernel/gentoo-kernel",
            "x",
            "worlds/kernel: names 2 kernels: sys-kernel/gentoo-kernel, sys-kernel/git-sources; ",
        ),
        ("# none\n", "x", "worlds/kernel: names no package; "),
    ],
)
def test_a_kernel_that_cannot_be(
    tmp_path: Path, world: str | None, config: str | None, said: str
) -> None:
    _, problems = read(tmp_path, {"worlds/kernel": world, "linux.config": config})
    assert len(problems) == 1
    assert problems[0].startswith(said)
