"""What the step of a cross toolchain asks of crossdev, and where it has it work."""

from pathlib import Path

import pytest

from tests.steps.programs import run_script, stand_in

PLACES = ("/bh", "/usr", "/var")
TUPLE = "machine-vendor-linux-musl"
CROSSDEV = """\
case "$*" in
*--show-target-cfg*) printf '%s\\n' "arch=$ARCH" category=cross ;;
*) echo "$*" ;;
esac
"""
ARCHES = (
    "# arch stability\narm-linux\ttesting\narm\t\tstable\nhppa\t\ttransitional\nriscv\ttesting\n"
)


def run_step(root: Path, arch: str, program: str = "crossdev") -> list[str]:
    """What the step said, line by line."""
    programs = root / "programs"
    stand_in(programs, "crossdev", CROSSDEV)
    stand_in(programs, "portageq", f"echo {root}/gentoo")
    stand_in(programs, f"{TUPLE}-gcc", ":")
    stand_in(root / "bh", "select", "echo chosen")
    variables = {"BH_TUPLE": TUPLE, "BH_LIBDIRS": "lib64", "BH_PACKAGES": "2"}
    variables |= {"BH_CROSSDEV": program, "ARCH": arch}
    return run_script("host/crossdev.sh", programs, variables, PLACES).splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A host's root with a repository and what crossdev puts into the world file."""
    for directory in ("bh/steps/host", "gentoo/profiles", "var/lib/portage"):
        (tmp_path / directory).mkdir(parents=True)
    (tmp_path / "bh/steps/host/select.sh").symlink_to("../../select")
    (tmp_path / "gentoo/profiles/arches.desc").write_text(ARCHES)
    (tmp_path / "var/lib/portage/world").write_text(f"cross-{TUPLE}/gcc\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arch", "stable"),
    [("arm", True), ("riscv", False), ("hppa", False), ("m68k", False), ("arm-", False)],
)
def test_stable_packages_are_asked_for_where_there_are_any(
    root: Path, arch: str, stable: bool
) -> None:
    asked = run_step(root, arch)[0].split()
    assert ("--stable" in asked) is stable
    assert asked[-3:] == ["--show-fail-log", "--target", TUPLE]
    assert asked[:6] == ["-P", "--usepkg", "-P", "--jobs=2", "-P", "--quiet"]


def test_a_toolchain_that_is_there_is_left_to_the_world(root: Path) -> None:
    assert run_step(root, "arm", "true")[0] == "chosen"


def test_crossdev_finds_a_root_with_merged_directories(root: Path) -> None:
    run_step(root, "arm")
    skeleton = root / "usr" / f"{TUPLE}.skeleton"
    assert (root / "usr" / TUPLE).readlink() == Path(skeleton.name)
    links = {"bin": "usr/bin", "sbin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib"}
    links |= {"usr/sbin": "bin", "usr/lib64": "lib"}
    assert {n: str((skeleton / n).readlink()) for n in links} == links
