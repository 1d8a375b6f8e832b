"""What is taken from /proc/cpuinfo, on several architectures."""

from pathlib import Path

import pytest

from bh_container.config.settings import resolve
from bh_container.plan.native import Machine
from bh_container.run import machine
from bh_container.run.machine import features, this_machine
from bh_container.run.workshop import tuning

X86 = """\
processor\t: 0
vendor_id\t: AuthenticAMD
microcode\t: 0x8701021
flags\t\t: fpu sse sse2 ht pni ssse3 sha_ni avx2 abm ibpb vmscape sse4_1 xop movbe
bogomips\t: 6400.00

processor\t: 1
flags\t\t: fpu sse avx512f
"""
ARM64 = """\
processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU architecture: 8
"""
POWER = "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 2.3GHz\n"
RISCV = "processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc\n"


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        (X86, "abm avx2 movbe pni sha_ni sse sse2 sse4_1 ssse3 xop"),
        (ARM64, "asimd cpuid crc32 evtstrm fp"),
        (POWER, "POWER9, altivec supported"),
        (RISCV, "rv64imafdc"),
        ("", ""),
        ("nonsense\nflags\n", ""),
    ],
)
def test_the_features_of_a_processor(cpuinfo: str, expected: str) -> None:
    assert features(cpuinfo) == expected


def test_a_kernel_that_knows_more_is_no_other_processor() -> None:
    assert features(X86.replace("ibpb", "ibpb user_shstk new_bug")) == features(X86)


def test_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(X86)
    monkeypatch.setattr(machine, "CPUINFO", cpuinfo)
    found = this_machine(resolve({}, {"VIDEO_CARDS_NATIVE": "amdgpu radeonsi"}, None))
    assert (found.processor, found.video_cards) == (features(X86), ("amdgpu", "radeonsi"))
    cpuinfo.unlink()
    assert this_machine(resolve({}, {}, None)) == Machine()


def test_no_variable_of_the_users_environment_gets_into_a_container() -> None:
    users = {"VIDEO_CARDS": "nvidia", "LLVM_TARGETS": "NVPTX", "USE": "doc"}
    assert tuning(resolve({}, users, None)) == tuning(resolve({}, {}, None))
