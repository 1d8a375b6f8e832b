"""What the kernel is told of a foreign architecture's programs."""

import os
from pathlib import Path

import pytest

from bh_container.output.binfmt import CannotExecute, executable, pattern_of
from bh_container.output.elf import Elf, Type


@pytest.mark.parametrize(
    ("bits", "little", "machine", "magic", "mask"),
    # As scripts/qemu-binfmt-conf.sh of QEMU has them, but for byte 7: the ABI never counts here.
    [
        (64, True, 183, "7f454c460201010000000000000000000200b700", "feffffff"),
        (32, True, 40, "7f454c4601010100000000000000000002002800", "feffffff"),
        (64, True, 243, "7f454c460201010000000000000000000200f300", "feffffff"),
        (32, False, 4, "7f454c4601020100000000000000000000020004", "fffeffff"),
    ],
)
def test_pattern(bits: int, little: bool, machine: int, magic: str, mask: str) -> None:
    elf = Elf(bits=bits, little_endian=little, type=Type.DYNAMIC, machine=machine)
    found, counts = pattern_of(elf)
    assert found.hex() == magic
    assert counts.hex() == "ff" * 7 + "00" + "ff" * 8 + mask


FOREIGN = Elf(bits=32, little_endian=False, type=Type.DYNAMIC, machine=4)


def test_a_user_is_not_allowed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bh_container.output.binfmt._qemu", lambda arch: "/usr/bin/qemu")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotExecute, match="only root"), executable(FOREIGN, "m68k"):
        pass


def test_without_qemu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotExecute, match="no qemu-m68k-static"), executable(FOREIGN, "m68k"):
        pass


def test_a_qemu_that_needs_libraries_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "qemu-m68k").symlink_to("/proc/self/exe")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotExecute, match="no qemu-m68k-static"), executable(FOREIGN, "m68k"):
        pass
