"""The main job from end to end: real Portage, a real cross compiler, real images."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.lab.conftest import FULL_NAME, NAME, FirstBuild, Lab

pytestmark = pytest.mark.lab

BUILD_PATH = f"/usr/{FULL_NAME.partition('.')[0]}"
ELF = b"\x7fELF"


def unpack(image: Path, directory: Path) -> Path:
    """The content of a squashfs image."""
    subprocess.run(
        ["rdsquashfs", "--chmod", "--unpack-path", "/", "--unpack-root", directory, image],
        check=True,
        capture_output=True,
    )
    return directory


@pytest.fixture(scope="session")
def roots(first_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every image of the first build, unpacked."""
    scratch = tmp_path_factory.mktemp("roots")
    directory = first_build.build.directory
    return {name: unpack(directory / name, scratch / name) for name in first_build.build.images}


def elf_files(root: Path) -> list[Path]:
    """Every program, library and module below a directory."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if path.read_bytes()[:4] == ELF]


def test_everything_the_target_promises_is_there(first_build: FirstBuild) -> None:
    directory = first_build.build.directory
    for name in ("boot/kernel8.img", "boot/bcm2711-rpi-4-b.dtb", "initramfs", "base", "net"):
        assert (directory / name).stat().st_size > 0, name
    assert directory.name.startswith(f"{FULL_NAME}.")


def test_the_manifest_describes_every_file(first_build: FirstBuild) -> None:
    directory = first_build.build.directory
    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["complete"] is True
    found = {
        path.relative_to(directory).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in directory.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert manifest["files"] == found
    names = [entry["package"] for entry in manifest["packages"]["base"]]
    assert any(name.startswith("sys-apps/busybox-") for name in names)
    net = [entry["package"] for entry in manifest["packages"]["net"]]
    assert any(name.startswith("net-misc/dropbear-") for name in net)
    assert not set(net) & set(names), "net repeats packages of its parent"


def test_programs_are_for_aarch64_and_musl(roots: dict[str, Path]) -> None:
    programs = [path for root in roots.values() for path in elf_files(root)]
    assert programs
    for path in programs:
        words = subprocess.run(
            ["file", "--brief", path], check=True, capture_output=True, text=True
        ).stdout
        assert "ARM aarch64" in words, f"{path}: {words}"
        if "interpreter" in words:
            assert "interpreter /lib/ld-musl-aarch64.so.1" in words, f"{path}: {words}"
    assert (roots["base"] / "usr/lib/ld-musl-aarch64.so.1").is_symlink() or (
        roots["base"] / "usr/lib/ld-musl-aarch64.so.1"
    ).is_file()


def test_no_text_names_the_place_of_the_build(roots: dict[str, Path]) -> None:
    leaks = [
        path
        for root in roots.values()
        for path in root.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and (content := path.read_bytes())[:4] != ELF
        and BUILD_PATH.encode() in content
    ]
    assert leaks == []


def test_a_stage0_has_no_package_manager_and_nothing_to_compile_with(
    roots: dict[str, Path],
) -> None:
    base = roots["base"]
    for directory in ("var/db/pkg", "etc/portage", "var/lib/portage"):
        assert not list((base / directory).glob("*")), directory
    assert not (base / "usr/include").exists()
    assert not list(base.rglob("*.o"))
    assert not list(base.rglob("*.a"))


def test_the_modules_are_those_of_the_kernel(roots: dict[str, Path]) -> None:
    (modules,) = (roots["base"] / "usr/lib/modules").iterdir()
    assert list(modules.rglob("*.ko*"))
    assert (modules / "modules.dep").is_file()


def test_the_users_configuration_is_not_touched(first_build: FirstBuild) -> None:
    assert first_build.configs_before == first_build.configs_after


def test_nothing_changed_means_nothing_to_do(lab: Lab, first_build: FirstBuild) -> None:
    # Another test may have changed something, and put it back.
    assert lab.build().status == 0
    before = lab.result().directory
    outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    assert outcome.steps_run("host") == []
    assert outcome.steps_run(NAME) == []
    assert lab.result().directory == before
