"""Reading ELF files: those of this machine, and made ones of others."""

import subprocess
from pathlib import Path

import pytest

from bh_container.output.elf import Elf, Type, read_elf
from tests.output.elves import AARCH64, M68K, elf


@pytest.mark.parametrize(
    ("machine", "bits", "little"), [(AARCH64, 64, True), (M68K, 32, False), (40, 32, True)]
)
def test_any_width_and_order(tmp_path: Path, machine: int, bits: int, little: bool) -> None:
    file = tmp_path / "program"
    file.write_bytes(
        elf(machine, bits=bits, little=little, loader="/lib/ld.so", needed=("libc.so", "libm.so"))
    )
    assert read_elf(file) == Elf(
        bits=bits,
        little_endian=little,
        type=Type.DYNAMIC,
        machine=machine,
        loader="/lib/ld.so",
        needed=("libc.so", "libm.so"),
    )
    words = subprocess.run(["file", "--brief", file], capture_output=True, text=True, check=True)
    assert f"ELF {bits}-bit {'LSB' if little else 'MSB'}" in words.stdout


def test_a_program_of_this_machine() -> None:
    found = read_elf(Path("/proc/self/exe").resolve())
    assert found is not None
    assert found.bits == 64
    assert any(name.startswith("libc.so") for name in found.needed)


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF", elf()[:70], b"\x7fELF" * 40])
def test_what_is_no_program(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert read_elf(tmp_path / "file") is None
