"""The shipped qemu64-tb-mini: one file, booted without any drive.

The kernel holds the initramfs, and that holds the image. Toybox is everything from the first
program of the initramfs to the login.
"""

from collections.abc import Iterator

import pytest

from bh_container.output.boot import Console
from bh_container.output.cpio import read_archive
from bh_container.output.kernel_image import embedded_initramfs
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import FirstBuild, Lab, build_first

pytestmark = pytest.mark.lab

FULL_NAME = "x86_64-unknown-linux-musl.qemu64-tb-mini"
KERNEL = "kernel"


@pytest.fixture(scope="module")
def toybox(lab: Lab) -> FirstBuild:
    """The first build, with a kernel that is compiled in little time."""
    return build_first(lab.shipped(FULL_NAME))


def test_what_comes_out_is_one_file(toybox: FirstBuild) -> None:
    """Beside it is what tells of the build."""
    build = toybox.build
    files = {path for path in build.directory.rglob("*") if path.is_file()}
    names = {path.relative_to(build.directory).as_posix() for path in files}
    assert names == {KERNEL, "kernel.config", "manifest.json"}
    assert (build.kernel, build.initramfs) == (build.directory / KERNEL, None)
    assert (build.beside, build.inside) == ((), ("base",))


def test_the_kernel_holds_the_initramfs_and_that_the_image(toybox: FirstBuild) -> None:
    assert toybox.build.kernel is not None
    archive = embedded_initramfs(toybox.build.kernel)
    assert archive is not None
    members, _ = read_archive(archive)
    assert {"init", "bin/toybox", "base", "dev/console"} <= members.keys()
    assert members["base"].content.startswith(b"hsqs")


def start(toybox: FirstBuild, wish: Wish, factory: pytest.TempPathFactory) -> Console:
    """The build in QEMU, which has its kernel and nothing else."""
    scratch = factory.mktemp("boot")
    guest = guest_of(toybox.build, wish, scratch / "medium")
    assert (guest.initramfs, guest.medium, guest.shares) == (None, None, {})
    return Console(guest, log=scratch / "console.log")


@pytest.fixture(scope="module")
def console(toybox: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A shell in place of its init."""
    with start(toybox, Wish(cmdline="init=/bin/sh"), tmp_path_factory) as console:
        console.expect("bh-init: starting /bin/sh", 120)
        console.expect("# ", 60)
        yield console


@pytest.mark.boot
def test_every_command_is_toybox(console: Console) -> None:
    assert console.run("readlink /bin/sh") == "toybox"
    assert console.run("readlink /sbin/init") == "toybox"
    assert console.run("uname -m") == "x86_64"


@pytest.mark.boot
def test_its_only_list_is_there(console: Console) -> None:
    console.run("test -x /etc/init.d/rcS")


@pytest.mark.boot
def test_its_own_init_comes_to_the_login(
    toybox: FirstBuild, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with start(toybox, Wish(), tmp_path_factory) as console:
        console.expect("bh-init: stack base", 120)
        console.expect("stage0: base", 60)
        console.expect("login:", 60)
