"""A dist-kernel in the lab: options of the user's, a patch for base, and all in the initramfs."""

from collections.abc import Iterator

import pytest

from bh_container.output.boot import Console
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import FirstBuild, Lab, build_first

pytestmark = pytest.mark.lab

FRAGMENT = 'CONFIG_LOCALVERSION="-mine"\n# CONFIG_SWAP is not set\n'
PATCH = """\
--- etc/hostname
+++ etc/hostname
@@ -1 +1 @@
-stage0
+patched
"""


@pytest.fixture(scope="module")
def dist(lab: Lab) -> Lab:
    """A copy of the small target with a dist-kernel; its images lie in its initramfs."""
    dist = lab.small("aarch64-unknown-linux-musl.dist")
    (dist.target / "worlds/kernel").write_text("sys-kernel/gentoo-kernel\n")
    (dist.target / "linux.config").write_text(FRAGMENT)
    (dist.target / "base.patch").write_text(PATCH)
    for name in ("split.base", "split.extra"):
        (dist.target / name).unlink()
    return dist


@pytest.fixture(scope="module")
def dist_build(dist: Lab) -> FirstBuild:
    """A complete build of it."""
    return build_first(dist)


def test_what_comes_out_is_a_kernel_and_an_initramfs(dist_build: FirstBuild) -> None:
    directory = dist_build.build.directory
    files = [path for path in directory.rglob("*") if path.is_file()]
    names = {path.relative_to(directory).as_posix() for path in files}
    assert names == {"EFI/boot/bootaa64.efi", "initramfs", "kernel.config", "manifest.json"}
    assert dist_build.build.inside == ("base", "extra")


@pytest.fixture(scope="module")
def console(dist_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The booted build, without any drive."""
    scratch = tmp_path_factory.mktemp("boot")
    guest = guest_of(dist_build.build, Wish(cmdline="init=/bin/sh"), scratch / "medium")
    assert guest.medium is None
    with Console(guest, log=scratch / "console.log") as console:
        console.expect("bh-init: stack extra:base", 120)
        console.expect("# ", 60)
        yield console


def test_the_options_are_those_of_the_fragment(dist_build: FirstBuild) -> None:
    config = (dist_build.build.directory / "kernel.config").read_text().splitlines()
    assert set(FRAGMENT.splitlines()) <= set(config)
    assert 'CONFIG_INITRAMFS_SOURCE=""' in config


@pytest.mark.boot
def test_it_boots_without_a_drive_and_with_the_patch(console: Console) -> None:
    assert console.run("cat /etc/hostname") == "patched"
    assert console.run("hello") == "hello zlib 1.2.13"
