"""What the kernel is told of a foreign architecture's programs."""

import os
import shutil
import subprocess
import sys
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


TWO = """
import threading
from pathlib import Path
from bh_container.output import binfmt
from bh_container.output.elf import Elf, Type

here, over, call, flock = threading.Event(), threading.Event(), binfmt.call, binfmt.fcntl.flock
binfmt._qemu = lambda arch: Path("/proc/self/exe").resolve()
found = []

def use(arch, machine):
    elf = Elf(bits=64, little_endian=True, type=Type.DYNAMIC, machine=machine)
    return binfmt.executable(elf, arch)

def second():
    with use("riscv64", 243):
        here.set()
        over.wait()
        found.append(any("riscv64" in entry.name for entry in binfmt.BINFMT.iterdir()))

def locking(*words):
    if threading.current_thread() is other:
        here.set()
    flock(*words)

def meanwhile(program, words, **more):
    if program.name == "umount" and not over.is_set():
        other.start()
        here.wait()
    return call(program, words, **more)

other = threading.Thread(target=second)
binfmt.call, binfmt.fcntl.flock = meanwhile, locking
with use("s390x", 22):
    pass
over.set()
other.join()
assert found == [True], found
assert not list(binfmt.BINFMT.iterdir()), "still mounted"
"""
"""Another one begins while the first takes away what it mounted."""


def test_two_at_a_time() -> None:
    own = ["unshare", "--user", "--mount", "--map-root-user"]
    mount = [*own, "mount", "-t", "binfmt_misc", "none", "/proc/sys/fs/binfmt_misc"]
    if not shutil.which("unshare") or subprocess.run(mount, check=False).returncode:
        pytest.skip("this kernel has no binfmt_misc of a namespace")
    script = [*own, sys.executable, "-c", TWO]
    done = subprocess.run(script, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
