"""The boot parameters, on every kind of medium: what the guest's console says and finds."""

import os
import random
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.choices import Medium
from bh_container.output.boot import BootFailed, Console, GuestCommandFailed
from bh_container.output.build import Build
from bh_container.output.config_image import pack_config
from bh_container.output.machine import Accelerator, Guest, command_line
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import FirstBuild
from tests.lab.initramfs import with_files

pytestmark = [pytest.mark.lab, pytest.mark.boot]

LARGE = "/opt/large"
TREES: Mapping[str, Mapping[str, str]] = {
    "a": {"etc/order": "a", "etc/who": "a"},
    "b": {"etc/order": "b", "etc/who": "b"},
    "config": {"etc/who": "config", "etc/shells": "config"},
}


@pytest.fixture(scope="module")
def stack(small_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The small build, with two images more that hold the same files; `b` is a large one."""
    scratch = tmp_path_factory.mktemp("stack")
    directory = scratch / "build"
    directory.mkdir()
    for name in small_build.build.images:
        (directory / name).symlink_to(small_build.build.directory / name)
    for name, files in TREES.items():
        for path, text in files.items():
            place = scratch / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    # A whiteout, as overlayfs calls it: it takes a file of base away.
    os.mknod(scratch / "config/etc/hosts", stat.S_IFCHR)
    (scratch / "b/opt").mkdir()
    # Too much for what the kernel reads ahead, and nothing that could be compressed away.
    (scratch / "b" / LARGE[1:]).write_bytes(random.Random(4).randbytes(8 << 20))
    for name in TREES:
        pack_config(scratch / name, directory / name)
    return replace(
        small_build.build, directory=directory, images=(*small_build.build.images, "a", "b")
    )


@contextmanager
def booted(build: Build, wish: Wish, scratch: Path) -> Iterator[Console]:
    """A guest whose first program is a shell, at its prompt."""
    # Quiet: what the kernel has to say may not come between the words of the shell.
    wish = replace(wish, cmdline=f"quiet init=/bin/sh {wish.cmdline}")
    guest = guest_of(build, wish, scratch / "medium")
    with Console(guest, log=scratch / "console.log") as console:
        console.expect("bh-init: starting /bin/sh", 60)
        console.expect("# ", 60)
        yield console


@contextmanager
def with_a_drive_to_come(guest: Guest, medium: Path, log: Path) -> Iterator[Console]:
    """A guest without its medium, which `plug` puts into a USB port later."""
    words = command_line(replace(guest, medium=None), Accelerator.TCG)
    drive = f"file={medium},id=late,if=none,format=raw,readonly=on"
    with Console(
        guest, log=log, program=[*words, "-device", "qemu-xhci", "-drive", drive]
    ) as console:
        yield console


def plug(console: Console) -> None:
    """Put the drive in."""
    console.monitor("device_add usb-storage,drive=late")


def said(console: Console) -> str:
    """Everything on the console so far."""
    return console.log.read_text(errors="replace")


def test_the_left_one_is_on_top_and_config_above_all(stack: Build, tmp_path: Path) -> None:
    wish = Wish(stack=("a", "b"), config=stack.directory / "config", medium=Medium.EXT4)
    with booted(stack, wish, tmp_path) as console:
        assert "bh-init: stack config:a:b:base" in said(console)
        assert "bh-init: medium /dev/vda" in said(console)
        assert console.run("cat /etc/order") == "a"
        assert console.run("cat /etc/who") == "config"
        assert console.run("cat /etc/shells") == "config"
        console.run("test ! -e /etc/hosts")


def test_the_other_way_round_from_a_disc(stack: Build, tmp_path: Path) -> None:
    with booted(stack, Wish(stack=("b", "a"), medium=Medium.ISO), tmp_path) as console:
        assert "bh-init: stack b:a:base" in said(console)
        assert console.run("cat /etc/order") == "b"
        assert console.run("cat /etc/who") == "b"
        assert "/bin/sh" in console.run("cat /etc/shells")
        assert console.run("test -e /usr/bin/hello; echo $?") == "1"


def test_a_share_and_what_is_loaded_beside_the_stack(stack: Build, tmp_path: Path) -> None:
    wish = Wish(
        stack=("a",),
        medium=Medium.SHARE,
        directory="images/today",
        docache=True,
        cmdline="squash_load=extra:b",
    )
    with booted(stack, wish, tmp_path) as console:
        assert "bh-init: medium images released" in said(console)
        assert console.run("ls /mnt/images").split() == ["a", "b", "base", "extra"]
        assert console.run("cat /etc/order") == "a"
        console.run(
            "mount -t squashfs -o ro,loop /mnt/images/extra /mnt && test -x /mnt/usr/bin/hello"
        )


@pytest.mark.parametrize("docache", [True, False])
def test_the_drive_is_taken_away(stack: Build, tmp_path: Path, docache: bool) -> None:
    with booted(stack, Wish(stack=("b", "extra"), docache=docache), tmp_path) as console:
        console.monitor("drive_del medium")
        forget = "mount -t proc proc /proc && echo 3 > /proc/sys/vm/drop_caches"
        if docache:
            console.run(forget)
            assert console.run(f"wc -c < {LARGE}") == str(8 << 20)
            console.run(f"cat {LARGE} /usr/bin/* > /dev/null")
            return
        # The shell and its commands lie on the drive as well: what ends first, by an error or by
        # SIGBUS (signal 7), is chance.
        lost = r"I/O error|Bus error|exitcode=0x0+7"
        with pytest.raises((GuestCommandFailed, BootFailed), match=lost):
            console.run(f"{forget}; cat {LARGE} > /dev/null")


def test_a_named_medium_without_the_image_ends_at_once(stack: Build, tmp_path: Path) -> None:
    wish = Wish(stack=("a",), cmdline="squash_dev=vda squash_stack=absent:a")
    missing = pytest.raises(BootFailed, match=r"failed: vda has no absent in directory /\n")
    with missing, booted(stack, wish, tmp_path):
        pass


def test_without_a_medium_there_is_a_word_and_a_shell(stack: Build, tmp_path: Path) -> None:
    guest = replace(guest_of(stack, Wish(stack=("a",)), tmp_path / "medium"), medium=None)
    with Console(guest, log=tmp_path / "console.log") as console:
        with pytest.raises(BootFailed, match="failed: a medium with a base was not found"):
            console.expect("bh-init: starting", 60)
        console.expect("# ", 60)
        assert console.run("echo $names") == ""
        console.send("exit\n")
        assert console.wait(60) == 0


def test_a_medium_that_comes_late_is_waited_for(stack: Build, tmp_path: Path) -> None:
    guest = guest_of(stack, Wish(stack=("a",), cmdline="quiet init=/bin/sh"), tmp_path / "medium")
    log = tmp_path / "console.log"
    with with_a_drive_to_come(guest, tmp_path / "medium", log) as console:
        console.expect("bh-init: waiting for a medium with a base", 60)
        plug(console)
        console.expect("bh-init: medium /dev/sda", 60)
        console.expect("bh-init: starting /bin/sh", 60)


def test_a_configuration_that_comes_late_is_waited_for(stack: Build, tmp_path: Path) -> None:
    """Everything else is in the initramfs; then only a medium that was named is worth waiting."""
    base = {"base": (stack.directory / "base").read_bytes()}
    assert stack.initramfs is not None
    initramfs = with_files(stack.initramfs, base, tmp_path / "initramfs")
    wish = Wish(
        stack=(), config=stack.directory / "config", cmdline="quiet squash_dev=sda init=/bin/sh"
    )
    guest = replace(guest_of(stack, wish, tmp_path / "medium"), initramfs=initramfs)
    log = tmp_path / "console.log"
    with with_a_drive_to_come(guest, tmp_path / "medium", log) as console:
        console.expect("bh-init: waiting for sda with config", 60)
        plug(console)
        console.expect("bh-init: stack config:base", 60)
        console.expect("# ", 60)
        assert console.run("cat /etc/who") == "config"


def test_all_in_the_initramfs_needs_no_drive(stack: Build, tmp_path: Path) -> None:
    files = {name: (stack.directory / name).read_bytes() for name in ("base", "a")}
    assert stack.initramfs is not None
    initramfs = with_files(stack.initramfs, files, tmp_path / "initramfs")
    guest = guest_of(
        stack, Wish(stack=("a",), cmdline="quiet docache init=/bin/sh"), tmp_path / "none"
    )
    with Console(
        replace(guest, initramfs=initramfs, medium=None), log=tmp_path / "console.log"
    ) as console:
        console.expect("bh-init: stack a:base", 60)
        console.expect("# ", 60)
        assert console.run("cat /etc/order") == "a"
