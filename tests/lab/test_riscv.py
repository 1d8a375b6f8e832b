"""The shipped riscv64-bb-mini from the lab, without its kernel: Debian has nothing but a compiler
for that architecture, so the libc is compiled too."""

import subprocess
from pathlib import Path

import pytest

from bh_container.output.binfmt import executable
from bh_container.output.elf import read_elf
from tests.lab.conftest import FirstBuild, Lab, build_first
from tests.lab.test_build import elf_files, unpack
from tests.lab.test_tuples import file_says

pytestmark = pytest.mark.lab

FULL_NAME = "riscv64-unknown-linux-musl.riscv64-bb-mini"


@pytest.fixture(scope="module")
def riscv(lab: Lab) -> FirstBuild:
    """The first build; the kernel is left out."""
    return build_first(lab.shipped(FULL_NAME))


@pytest.fixture(scope="module")
def base(riscv: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image, unpacked."""
    return unpack(riscv.build.directory / "base", tmp_path_factory.mktemp("riscv") / "base")


def test_a_target_without_a_kernel_is_all_the_rest(riscv: FirstBuild) -> None:
    names = {path.name for path in riscv.build.directory.iterdir()}
    assert names == {"base", "initramfs", "manifest.json"}


def test_its_programs_are_for_riscv(base: Path) -> None:
    programs = elf_files(base)
    assert {"busybox", "libc.so"} <= {path.name for path in programs}
    for path in programs:
        assert "UCB RISC-V" in file_says(path), path
    loader = "interpreter /lib/ld-musl-riscv64.so.1,"
    assert loader in file_says(base / "usr/bin/busybox")


def test_its_programs_run(base: Path) -> None:
    elf = read_elf(base / "usr/bin/busybox")
    assert elf is not None
    with executable(elf, "riscv64"):
        command = ["chroot", str(base), "/bin/sh", "-c", "echo $((6 * 7)) && ls -d /etc"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["42", "/etc"]
