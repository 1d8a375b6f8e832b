"""The shipped qemu64-tb-mini, booted: toybox from the first program of the initramfs to the login.

With a kernel that is built already, since compiling one takes ten minutes; it cannot take the
initramfs in, so there are two files.
"""

from collections.abc import Iterator

import pytest

from bh_container.output.boot import Console
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import FirstBuild, Lab, build_first

pytestmark = pytest.mark.lab

FULL_NAME = "x86_64-unknown-linux-musl.qemu64-tb-mini"


@pytest.fixture(scope="module")
def toybox(lab: Lab) -> FirstBuild:
    """The first build, with another kernel."""
    return build_first(lab.shipped(FULL_NAME))


def test_what_comes_out_is_a_kernel_and_an_initramfs(toybox: FirstBuild) -> None:
    directory = toybox.build.directory
    files = [path for path in directory.rglob("*") if path.is_file()]
    names = {path.relative_to(directory).as_posix() for path in files}
    assert {"EFI/boot/bootx64.efi", "initramfs"} <= names
    assert "base" not in names


@pytest.fixture(scope="module")
def console(toybox: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The booted build, without any drive."""
    scratch = tmp_path_factory.mktemp("boot")
    guest = guest_of(toybox.build, Wish(cmdline="init=/bin/sh"), scratch / "medium")
    with Console(guest, log=scratch / "console.log") as console:
        console.expect("bh-init: starting /bin/sh", 120)
        console.expect("# ", 60)
        yield console


@pytest.mark.boot
def test_every_command_is_toybox(console: Console) -> None:
    assert console.run("readlink /bin/sh") == "toybox"
    assert console.run("readlink /sbin/init") == "toybox"
    assert console.run("uname -m") == "x86_64"


@pytest.mark.boot
def test_its_own_init_comes_to_the_login(
    toybox: FirstBuild, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.mktemp("boot")
    guest = guest_of(toybox.build, Wish(), scratch / "medium")
    with Console(guest, log=scratch / "console.log") as console:
        console.expect("bh-init: stack base", 120)
        console.expect("stage0: base", 60)
        console.expect("login:", 60)
