"""A complete system in miniature: glibc, bash, coreutils, Python, Portage and an init for aarch64.

Its init is sysvinit, as in Gentoo, with agetty on the console; only the initramfs has a box.
"""

import re
import subprocess
from pathlib import Path

import pytest

from bh_container.config.choices import Medium
from bh_container.output.binfmt import executable
from bh_container.output.boot import Console
from bh_container.output.config_image import pack_config
from bh_container.output.cpio import read_initramfs
from bh_container.output.elf import read_elf
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import CHECKOUT, FirstBuild, Lab, build_first
from tests.lab.targets import copy_target
from tests.lab.test_build import unpack

pytestmark = pytest.mark.lab

FULL_NAME = "aarch64-unknown-linux-gnu.complete"
INITTAB = """\
id:3:initdefault:
si::sysinit:/etc/init.d/rcS
co:3:respawn:/bin/bash --noediting -i </dev/console >/dev/console 2>&1
"""
SCRIPT = """
set -e
cd "$1"
mount --rbind /dev dev
mount -t proc proc proc
mount --bind "$2" var/db/repos/gentoo
shift 2
exec chroot . "$@"
"""
"""What makes a root one that Portage can run in, in a mount namespace of its own."""


@pytest.fixture(scope="module")
def complete(lab: Lab) -> FirstBuild:
    """The first build of the complete system."""
    copy_target(CHECKOUT / "tests/lab/configs" / FULL_NAME, lab.root / "configs" / FULL_NAME)
    return build_first(Lab(lab.root, FULL_NAME))


@pytest.fixture(scope="module")
def root(complete: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Base with the list `extra` on top, as the machine sees them."""
    scratch = tmp_path_factory.mktemp("complete")
    directory = unpack(complete.build.directory / "base", scratch / "root")
    extra = unpack(complete.build.directory / "extra", scratch / "extra")
    subprocess.run(["cp", "--archive", f"{extra}/.", directory], check=True)
    (directory / "var/db/repos/gentoo").mkdir(parents=True)
    return directory


def execute(root: Path, *command: str) -> str:
    """What a program of the root writes, executed by qemu-user."""
    elf = read_elf(root / "usr/bin/bash")
    assert elf is not None
    repository = CHECKOUT / "containerfiles/lab/repo"
    words = ["unshare", "--mount", "bash", "-c", SCRIPT, "bash", str(root), str(repository)]
    with executable(elf, "aarch64"):
        done = subprocess.run([*words, *command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_portage_runs_in_it_and_knows_what_it_runs_on(root: Path) -> None:
    said = execute(root, "/usr/bin/emerge", "--info")
    assert said.startswith("Portage 3.0.83")
    assert "default/linux/arm64/23.0" in said.splitlines()[0]
    assert "glibc-2.36" in said.splitlines()[0]
    for line in (
        'CHOST="aarch64-unknown-linux-gnu"',
        'ACCEPT_KEYWORDS="arm64 ~arm64"',
        'PKGDIR="/var/cache/binpkgs"',
    ):
        assert line in said.splitlines(), said


def test_portage_knows_the_packages_of_both_images(root: Path) -> None:
    found = execute(root, "/usr/bin/portageq", "match", "/", "app-misc/*").split()
    assert found == ["app-misc/cli-tool-1.0", "app-misc/hello-1.0"]


def test_its_programs_run(root: Path) -> None:
    assert execute(root, "/usr/bin/cli-tool").startswith("hello zlib ")


def test_nothing_is_left_out(root: Path) -> None:
    assert (root / "usr/include/stdio.h").is_file()
    assert (root / "usr/include/zlib.h").is_file()
    assert list((root / "var/db/pkg/sys-libs").glob("glibc-*"))
    assert (root / "var/lib/portage/world").is_file()


def test_it_compiles_for_itself(root: Path) -> None:
    said = execute(root, "/usr/bin/portageq", "envvar", "CBUILD", "ROOT")
    assert said.split() == ["aarch64-unknown-linux-gnu", "/"]


def test_glibc_makes_the_locale_that_it_is_to_make(root: Path) -> None:
    lines = (root / "etc/locale.gen").read_text().splitlines()
    assert lines.count("en_US.UTF-8 UTF-8") == 1


def test_what_comes_out_of_it(complete: FirstBuild) -> None:
    directory = complete.build.directory
    files = {path.relative_to(directory).as_posix() for path in directory.rglob("*")}
    images = {"base", "extra", "initramfs"}
    kernel = {"EFI", "EFI/boot", "EFI/boot/bootaa64.efi", "kernel.config"}
    assert files == {*images, *kernel, "manifest.json"}


def test_the_box_is_in_the_initramfs_alone(complete: FirstBuild, root: Path) -> None:
    assert complete.build.initramfs is not None
    assert "bin/busybox" in read_initramfs(complete.build.initramfs)
    assert not list(root.rglob("busybox"))


def installed_by(build: FirstBuild, step: str) -> list[str]:
    """The packages that a step installed, in order."""
    events = (e for e in build.outcome.events if e["event"] == "StepOutput" and e["step"] == step)
    found = (re.search(r">>> Installing \(.*\) (\S+)::", event["line"]) for event in events)
    return [match[1] for match in found if match]


def test_a_library_that_the_lists_need_comes_before_the_rest(
    complete: FirstBuild, root: Path
) -> None:
    """The shell needs ncurses; nothing needs binutils-libs, so no image has them."""
    assert installed_by(complete, "early") == ["sys-libs/ncurses-6.4"]
    found = {path.name for path in (root / "var/db/pkg/sys-libs").iterdir()}
    assert "ncurses-6.4" in found
    assert not [name for name in found if name.startswith("binutils-libs")]


def test_what_is_provided_while_the_kernel_is_installed_comes_with_the_world(
    complete: FirstBuild,
) -> None:
    """cli-tool is in worlds/kernel, and needs hello, which package.provided.kernel names."""
    kernel = installed_by(complete, "kernel-package")
    assert "app-misc/cli-tool-1.0" in kernel
    assert "app-misc/hello-1.0" not in kernel
    assert "app-misc/hello-1.0" in installed_by(complete, "world")


def test_the_users_configuration_is_not_touched(complete: FirstBuild) -> None:
    assert complete.configs_before == complete.configs_after


@pytest.mark.boot
def test_it_boots_to_the_login(complete: FirstBuild, tmp_path: Path) -> None:
    guest = guest_of(complete.build, Wish(), tmp_path / "medium")
    with Console(guest, log=tmp_path / "console.log") as console:
        console.expect("bh-init: stack extra:base", 120)
        console.expect("INIT: version 3.06", 60)
        console.expect("bh-container lab has started on aarch64", 60)
        console.expect("complete login: ", 60)


@pytest.mark.boot
def test_it_takes_the_same_boot_parameters(complete: FirstBuild, tmp_path: Path) -> None:
    """A shell takes the place of its login, by an image above all others."""
    (tmp_path / "mine/etc").mkdir(parents=True)
    (tmp_path / "mine/etc/inittab").write_text(INITTAB)
    pack_config(tmp_path / "mine", tmp_path / "config")
    wish = Wish(
        config=tmp_path / "config",
        medium=Medium.EXT4,
        directory="images",
        docache=True,
        cmdline="quiet squash_dev=vda squash_type=ext4",
    )
    guest = guest_of(complete.build, wish, tmp_path / "medium")
    with Console(guest, log=tmp_path / "console.log") as console:
        console.expect("bh-init: medium /dev/vda released", 60)
        console.expect("bh-init: stack config:extra:base", 60)
        console.expect("has started on aarch64", 60)
        console.expect("# ", 60)
        assert console.run("cat /proc/1/comm") == "init"
        assert console.run("cli-tool") == "hello zlib 1.2.13"
        console.run("test -d /var/db/pkg/sys-apps/sysvinit-3.06")
