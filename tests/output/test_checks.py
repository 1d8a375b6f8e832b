"""The shipped checks: a good root passes all of them, and each finds what it is there for."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from inspect import getmembers, isfunction, signature
from pathlib import Path

import pytest

from bh_container.output.checks import test_kernel, test_programs, test_safety
from bh_container.output.checks.root import Root, read_root, write_root
from tests.output.archive import cpio
from tests.output.elves import AARCH64, X86_64, elf

TARGET = "aarch64-unknown-linux-musl.box"
LOADER = "/lib/ld-musl-aarch64.so.1"
MODULES = "usr/lib/modules/6.1.176"
INITRAMFS = {
    "init": b"",
    "lib/modules/6.1/modules.dep": b"overlay.ko: exportfs.ko\nexportfs.ko:\nabsent.ko: gone.ko\n",
    "lib/modules/6.1/overlay.ko": b"",
    "lib/modules/6.1/exportfs.ko": b"",
}
PROGRAM = elf(loader=LOADER, needed=("libc.so", "libz.so.1"))
CHECKS = {
    name.removeprefix("test_"): function
    for module in (test_kernel, test_programs, test_safety)
    for name, function in getmembers(module, isfunction)
    if name.startswith("test_")
}


@pytest.fixture
def good(tmp_path: Path) -> Root:
    """A root with which nothing is wrong, and the kernel and initramfs beside it."""
    directory = tmp_path / "root"
    files = {
        "usr/bin/box": PROGRAM,
        "usr/bin/su": PROGRAM,
        "usr/lib/libc.so": elf(),
        "usr/lib/libz.so.1": elf(needed=("libc.so",)),
        "usr/lib/firmware/dsp": elf(164),
        f"{MODULES}/a.ko": elf(type=1),
        f"{MODULES}/modules.dep": b"a.ko:\n",
        "etc/passwd": b"root:x:0:0::/root:/bin/sh\nnobody:*:65534:65534::/:/bin/false\n",
        "etc/shadow": b"root:*:1::::::\ndaemon:!:1::::::\n",
        "etc/motd": b"hello\n",
    }
    for name, content in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    (directory / "usr/bin/box").chmod(0o755)
    (directory / "usr/bin/su").chmod(0o4755)
    for name, to in (("lib", "usr/lib"), ("sbin", "usr/bin"), ("usr/bin/init", "/usr/bin/box")):
        (directory / name).symlink_to(to)
    (directory / LOADER[1:]).symlink_to("/usr/lib/libc.so")
    (tmp_path / "kernel").write_bytes(gzip.compress(b"Linux version 6.1.176 (x"))
    (tmp_path / "initramfs").write_bytes(cpio(INITRAMFS))
    return Root(
        directory=directory,
        target=TARGET,
        machine=AARCH64,
        kernel=tmp_path / "kernel",
        initramfs=tmp_path / "initramfs",
    )


def failures(root: Root) -> dict[str, str]:
    """The checks that fail, and what they say."""
    found = {}
    for name, check in CHECKS.items():
        assert list(signature(check).parameters) == ["root"]
        try:
            check(root)
        except pytest.fail.Exception as failed:
            found[name] = str(failed)
    return found


def test_nothing_is_wrong_with_a_good_root(good: Root) -> None:
    assert len(CHECKS) == 11
    assert failures(good) == {}
    without = replace(good, machine=None, kernel=None, initramfs=None)
    with pytest.raises(pytest.skip.Exception):
        failures(without)


def write(name: str, content: bytes, mode: int = 0o644) -> Callable[[Root], None]:
    """A change of one file."""

    def change(root: Root) -> None:
        place = root.directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(content)
        place.chmod(mode)

    return change


def remove(name: str) -> Callable[[Root], None]:
    """A file less."""
    return lambda root: (root.directory / name).unlink()


def rename(old: str, new: str) -> Callable[[Root], None]:
    """Another name."""

    def change(root: Root) -> None:
        (root.directory / old).rename(root.directory / new)

    return change


def without_exportfs(root: Root) -> None:
    """The initramfs as a build system once packed it: overlay.ko without what it needs."""
    assert root.initramfs is not None
    files = {name: text for name, text in INITRAMFS.items() if "exportfs.ko" not in name}
    root.initramfs.write_bytes(cpio(files))


TAMPERED: list[tuple[Callable[[Root], None], str, str]] = [
    (remove("usr/bin/init"), "init_is_there", "leads nowhere"),
    (write("usr/bin/init", b"#!/bin/sh\n"), "init_is_there", "/usr/bin/init cannot be executed"),
    (remove(LOADER[1:]), "loader_is_there", f"/usr/bin/box: its loader {LOADER} is not there"),
    (remove("usr/lib/libz.so.1"), "libraries_are_there", "/usr/bin/su: no image has libz.so.1"),
    (
        write("usr/bin/alien", elf(X86_64)),
        "programs_are_for_this_machine",
        "/usr/bin/alien: is for ELF machine 62",
    ),
    (
        write(f"{MODULES}/a.ko", elf(X86_64, type=1)),
        "programs_are_for_this_machine",
        f"/{MODULES}/a.ko: is for ELF machine 62",
    ),
    (write("usr/bin/x", PROGRAM, 0o4755), "no_setuid_surprise", "/usr/bin/x: mode 4755; if"),
    (write("usr/bin/x", PROGRAM, 0o2755), "no_setuid_surprise", "/usr/bin/x: mode 2755; if"),
    (write("usr/bin/su", PROGRAM, 0o4775), "no_setuid_surprise", "su: mode 4775, and not only"),
    (
        write("etc/shadow", b"root::1::::::\n"),
        "accounts_are_locked",
        "/etc/shadow: root has an empty password",
    ),
    (
        write("etc/shadow", b"root:$6$salt$hash:1::::::\n"),
        "accounts_are_locked",
        "/etc/shadow: root has a password",
    ),
    (
        write("etc/passwd", b"root::0:0::/:/bin/sh\n"),
        "accounts_are_locked",
        "/etc/passwd: root has an empty password",
    ),
    (
        write("etc/x", b"cc -L/usr/aarch64-unknown-linux-musl/lib"),
        "no_build_path_leaked",
        "/etc/x: has /usr/aarch64-unknown-linux-musl/ in it",
    ),
    (
        write("etc/x", b"/usr/aarch64-unknown-linux-musl.box/etc"),
        "no_build_path_leaked",
        "/etc/x: has /usr/aarch64-unknown-linux-musl.box in it",
    ),
    (
        write("usr/bin/x", elf() + b"/var/tmp/portage/sys-libs/zlib-1.2-r1/work/zlib.c"),
        "no_build_path_leaked",
        "/usr/bin/x: has /portage/sys-libs/zlib-1.2-r1/work/ in it",
    ),
    (
        write("etc/portage/make.conf", b""),
        "a_stage0_has_nothing_of_the_build",
        "/etc/portage: is not empty",
    ),
    (
        write("var/lib/portage/world", b""),
        "a_stage0_has_nothing_of_the_build",
        "/var/lib/portage: is not empty",
    ),
    (
        write("usr/lib/crt1.o", elf(type=1)),
        "a_stage0_has_nothing_of_the_build",
        "/usr/lib/crt1.o: is for a linker",
    ),
    (
        rename(MODULES, "usr/lib/modules/6.1.175"),
        "modules_match_the_kernel",
        "/lib/modules/6.1.175: the kernel is 6.1.176",
    ),
    (
        write(f"{MODULES}/modules.dep", b"a.ko: b.ko\nb.ko:\n"),
        "modules_are_all_there",
        f"/{MODULES}: a.ko needs b.ko, which is not there",
    ),
    (remove(f"{MODULES}/modules.dep"), "modules_are_all_there", "has no modules.dep"),
    (
        without_exportfs,
        "the_initramfs_has_what_its_modules_need",
        "initramfs: overlay.ko needs exportfs.ko, which is not there",
    ),
]


@pytest.mark.parametrize(("tamper", "check", "words"), TAMPERED)
def test_each_check_finds_its_fault(
    good: Root, tamper: Callable[[Root], None], check: str, words: str
) -> None:
    tamper(good)
    found = failures(good)
    assert list(found) == [check]
    assert words in found[check]


def test_every_check_was_seen_to_fail() -> None:
    assert {check for _, check, _ in TAMPERED} == set(CHECKS)


def test_what_the_target_allows(good: Root) -> None:
    write("usr/bin/x", PROGRAM, 0o4755)(good)
    write("etc/shadow", b"guest::1::::::\n")(good)
    allowing = replace(good, setuid=("/usr/bin/x",), accounts=("guest",))
    assert failures(allowing) == {}


@pytest.fixture
def complete(good: Root) -> Root:
    """A system that installs packages: it has a compiler, and the package database."""
    write("usr/bin/emerge", b"#!/usr/bin/python\n", 0o755)(good)
    write("usr/aarch64-unknown-linux-musl/bin/ld", PROGRAM, 0o755)(good)
    write("etc/ld.so.conf", b"/usr/aarch64-unknown-linux-musl/lib\n")(good)
    write("usr/lib/crt1.o", elf(type=1))(good)
    write("var/db/pkg/a/b-1/environment", b"/var/tmp/portage/a/b-1/work/b-1")(good)
    write("var/cache/edb/mtimedb", b"/bh/work/final/base")(good)
    write("usr/lib/python3/portage/doebuild.py", b"# /portage/a/b-1/work/a")(good)
    return good


def test_a_complete_system_may_have_what_a_stage0_may_not(complete: Root) -> None:
    assert failures(complete) == {}


def test_multilib(good: Root) -> None:
    machine = replace(good, machine=X86_64)
    for path in good.directory.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF":
            path.write_bytes(path.read_bytes().replace(b"\xb7\0", b"\x3e\0", 1))
    write("usr/bin/old", elf(3, bits=32))(good)
    assert list(failures(machine)) == ["programs_are_for_this_machine"]
    write("usr/lib/ld-linux.so.2", elf(3, bits=32))(good)
    fresh = replace(machine)  # which has not looked yet
    assert failures(fresh) == {}


def test_a_root_is_handed_on_whole(good: Root, tmp_path: Path) -> None:
    root = replace(good, setuid=("/a b",), accounts=("c",), initramfs=None)
    write_root(root, tmp_path / "root.json")
    assert read_root(tmp_path / "root.json") == root


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("/sbin/init", "usr/bin/box"),
        ("/usr/../lib/../../../../etc/motd", "etc/motd"),
        ("/loop", None),
        ("/outside", None),
        ("/", "."),
    ],
)
def test_links_lead_nowhere_outside(good: Root, name: str, found: str | None) -> None:
    (good.directory / "loop").symlink_to("loop")
    (good.directory / "outside").symlink_to("../../../../../../bin/sh")
    assert good.resolve(name) == (None if found is None else good.directory / found)
