"""The small target: a kernel that is built already, with all that a boot needs as modules."""

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.output.boot import Console
from bh_container.output.elf import read_elf
from bh_container.output.start import Wish, guest_of
from bh_container.steps.inside.modules import name_of
from tests.conftest import BUSYBOX
from tests.lab.conftest import FirstBuild

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def initramfs(small_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the initramfs."""
    directory = tmp_path_factory.mktemp("initramfs")
    assert small_build.build.initramfs is not None
    archive = gzip.decompress(small_build.build.initramfs.read_bytes())
    # The node for the console is the kernel's to make.
    words = ["cpio", "-i", "-d", "--quiet"]
    subprocess.run([BUSYBOX, *words], input=archive, cwd=directory, check=True)
    return directory


def modules_dep(text: str) -> dict[str, set[str]]:
    """What each module needs, by names (depmod(8))."""
    rows = (line.partition(":") for line in text.splitlines())
    return {name_of(file): {name_of(word) for word in words.split()} for file, _, words in rows}


def test_the_initramfs_holds_what_its_modules_depend_on(
    small_build: FirstBuild, initramfs: Path
) -> None:
    """The kernel's own list of what depends on what is in base; that of the initramfs is ours."""
    (release,) = (initramfs / "lib/modules").iterdir()
    names = {name_of(path.name) for path in release.rglob("*.ko*")}
    of_kernel = f"usr/lib/modules/{release.name}/modules.dep"
    words = ["rdsquashfs", "--cat", of_kernel, str(small_build.build.directory / "base")]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    depends = modules_dep(said)
    assert len(depends) > len(names), "it is the whole kernel's"
    for name in names:
        assert depends[name] <= names, f"{name} needs more than is there"
    assert modules_dep((release / "modules.dep").read_text()) == {n: depends[n] for n in names}
    assert {"loop", "virtio_blk", "virtio_pci", "squashfs", "overlay", "9p", "vfat"} <= names
    assert {"virtio_pci_modern_dev", "netfs", "9pnet", "fat", "crc16", "cdrom"} <= names, (
        "what those need"
    )


def test_the_modules_are_those_that_the_kernels_package_brought(
    small_build: FirstBuild, initramfs: Path
) -> None:
    (release,) = (initramfs / "lib/modules").iterdir()
    kernel = small_build.build.directory / "EFI/boot/bootaa64.efi"
    assert small_build.build.kernel == kernel
    assert f"Linux version {release.name} ".encode() in kernel.read_bytes()


def test_the_initramfs_holds_a_loader_and_the_libraries_that_there_are(initramfs: Path) -> None:
    """And what they need; openssl and msr-tools are not among its packages."""
    libraries = {path.name: read_elf(path) for path in (initramfs / "lib").glob("*.so*")}
    assert {"ld-musl-aarch64.so.1", "libc.so"} <= libraries.keys()
    assert (initramfs / "lib/ld-musl-aarch64.so.1").resolve().read_bytes()[:4] == b"\x7fELF"
    assert {name for elf in libraries.values() if elf for name in elf.needed} <= libraries.keys()
    assert not [name for name in libraries if name.startswith(("libssl", "libz"))]


@pytest.fixture(scope="module")
def console(small_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The booted build, whose first program is a shell."""
    scratch = tmp_path_factory.mktemp("boot")
    guest = guest_of(small_build.build, Wish(cmdline="init=/bin/sh"), scratch / "medium")
    with Console(guest, log=scratch / "console.log") as console:
        console.expect("bh-init: starting /bin/sh", 120)
        console.expect("# ", 60)
        console.run("mount -t proc proc /proc")
        yield console


@pytest.mark.boot
def test_it_boots_with_the_modules_of_the_initramfs(console: Console) -> None:
    loaded = console.run("lsmod")
    for name in ("virtio_blk", "loop", "squashfs", "overlay"):
        assert name in loaded
    assert console.run("hello") == "hello zlib 1.2.13"


@pytest.mark.boot
def test_the_root_has_modules_too(console: Console) -> None:
    assert "virtio_net" not in console.run("lsmod")
    console.run("modprobe virtio_net")
    assert "virtio_net" in console.run("lsmod")
