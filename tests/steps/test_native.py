"""`native.sh` with a stand-in for cpuid2cpuflags: what a native target's package.use has more."""

from pathlib import Path

import pytest

from tests.steps.programs import run_script, stand_in

CARDS = "*/* VIDEO_CARDS: -* amdgpu\n*/* LLVM_TARGETS: AMDGPU"
INSTALLING = """\
echo "$@" >>"$LOG"
printf '#!/bin/sh\\necho CPU_FLAGS_ARM: neon\\n' >"$PROGRAMS/cpuid2cpuflags"
chmod +x "$PROGRAMS/cpuid2cpuflags"
"""


@pytest.fixture
def use(tmp_path: Path) -> Path:
    return tmp_path / "etc/portage/package.use"


def native(scratch: Path, cards: str = "") -> None:
    programs = scratch / "programs"
    words = {
        "BH_SYSROOT": str(scratch),
        "BH_USE": cards,
        "BH_PACKAGES": "1",
        "LOG": str(scratch / "log"),
        "PROGRAMS": str(programs),
    }
    run_script("target/native.sh", programs, words)


@pytest.mark.parametrize("times", [1, 2])
def test_cpu_flags_and_video_cards(tmp_path: Path, use: Path, times: int) -> None:
    stand_in(tmp_path / "programs", "cpuid2cpuflags", 'echo "CPU_FLAGS_X86: avx2 sse2"')
    use.mkdir(parents=True)
    (use / "own").write_text("*/* X\n")
    for _ in range(times):
        native(tmp_path, CARDS)
    assert sorted(path.name for path in use.iterdir()) == [
        "00cpu-flags-native",
        "own",
        "zz-video-cards-native",
    ]
    assert (use / "00cpu-flags-native").read_text() == "*/* CPU_FLAGS_X86: avx2 sse2\n"
    assert (use / "zz-video-cards-native").read_text() == f"{CARDS}\n"


def test_a_package_use_that_is_one_file(tmp_path: Path, use: Path) -> None:
    stand_in(tmp_path / "programs", "cpuid2cpuflags", 'echo "CPU_FLAGS_X86: sse2"')
    use.parent.mkdir(parents=True)
    use.write_text("*/* X\n")
    native(tmp_path)
    assert (use / "user").read_text() == "*/* X\n"
    assert (use / "00cpu-flags-native").read_text() == "*/* CPU_FLAGS_X86: sse2\n"


def test_a_host_without_the_program_installs_it(tmp_path: Path, use: Path) -> None:
    stand_in(tmp_path / "programs", "emerge", INSTALLING)
    native(tmp_path)
    assert (tmp_path / "log").read_text().split()[-1] == "app-portage/cpuid2cpuflags"
    assert (use / "00cpu-flags-native").read_text() == "*/* CPU_FLAGS_ARM: neon\n"
