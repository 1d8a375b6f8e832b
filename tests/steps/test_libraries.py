"""Which libraries an initramfs gets of a root, and what ldd says of one that is foreign."""

import io
import os
from pathlib import Path

import pytest

from bh_container.output.cpio import read_initramfs
from bh_container.output.elf import read_elf
from bh_container.steps.inside.cpio import entries_of, write
from bh_container.steps.inside.libraries import Root, main
from tests.output.elves import M68K, X86_64, elf

LOADER = "ld-musl-aarch64.so.1"
NAMES = ("libc", "libcrypt", "libm", "libatomic", "libcrypto", "libssl", "rdmsr", "wrmsr")
GCC = "usr/lib/gcc/aarch64-unknown-linux-musl/14"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A merged root of musl, where openssl needs a library of gcc's own directory."""
    root = tmp_path / "root"
    for directory in (GCC, "usr/bin", "etc"):
        (root / directory).mkdir(parents=True)
    (root / "lib").symlink_to("usr/lib")
    (root / "lib64").symlink_to("usr/lib")
    (root / "usr/sbin").symlink_to("bin")
    lib = root / "usr/lib"
    (lib / "libc.so").write_bytes(elf())
    (lib / LOADER).symlink_to("/usr/lib/libc.so")
    (lib / "libssl.so.3").write_bytes(
        elf(needed=("libcrypto.so.3", "libc.so"), soname="libssl.so.3")
    )
    (lib / "libcrypto.so.3").write_bytes(
        elf(needed=("libz.so.1", "libatomic.so.1"), soname="libcrypto.so.3")
    )
    (lib / "libcrypto.so").symlink_to("libcrypto.so.3")
    (lib / "libz.so.1").symlink_to("libz.so.1.3")
    (lib / "libz.so.1.3").write_bytes(elf(soname="libz.so.1"))
    (lib / "libcurl.so.4").write_bytes(elf(soname="libcurl.so.4"))
    (lib / "libm.a").write_bytes(b"!<arch>\n")
    (lib / "libm.so").write_text("GROUP ( libm.a )\n")
    (root / GCC / "libatomic.so.1").write_bytes(elf(soname="libatomic.so.1"))
    (root / "etc/ld.so.conf").write_text(f"/lib\n/usr/lib\n/{GCC}\n")
    (root / "usr/bin/rdmsr").write_bytes(elf(loader=f"/lib/{LOADER}", needed=("libc.so",)))
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree/lib/modules").mkdir(parents=True)
    (tmp_path / "tree/bin").mkdir()
    return tmp_path / "tree"


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_what_there_is_comes_with_all_that_it_needs(root: Path, tree: Path) -> None:
    main("copy", str(root), str(tree), *NAMES)
    expected = {"libc.so", LOADER, "libssl.so.3", "libcrypto.so.3", "libz.so.1", "libatomic.so.1"}
    assert names(tree / "lib") == {"modules", *expected}
    assert names(tree / "bin") == {"rdmsr"}
    needed = [read_elf(path) for path in (*tree.glob("lib/*.so*"), tree / "bin/rdmsr")]
    assert {name for one in needed if one for name in one.needed} <= expected


def test_an_archive_holds_each_file_once_and_no_link_leads_out(root: Path, tree: Path) -> None:
    main("copy", str(root), str(tree), *NAMES)
    archive = io.BytesIO()
    write({entry.name: entry for entry in entries_of(tree)}, archive)
    file = tree.parent / "initramfs"
    file.write_bytes(archive.getvalue())
    members = read_initramfs(file)
    links = {one.content for one in members.values() if one.content[:4] not in (b"", b"\x7fELF")}
    assert links == {LOADER.encode(), b"lib"}
    assert members["lib64"].content == b"lib"
    assert members[f"lib/{LOADER}"].mode & 0o777 == 0o755


def test_without_names_there_is_not_even_a_loader(root: Path, tree: Path) -> None:
    main("copy", str(root), str(tree))
    assert names(tree / "lib") == {"modules"}


def test_a_root_without_any_library(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "empty").mkdir()
    main("copy", str(tmp_path / "empty"), str(tree), *NAMES)
    assert (names(tree), names(tree / "bin")) == ({"bin", "lib"}, set())


def test_what_the_template_has_stays(root: Path, tree: Path) -> None:
    (tree / "lib/libz.so.1").write_text("mine")
    (tree / "lib64").mkdir()
    main("copy", str(root), str(tree), *NAMES)
    assert (tree / "lib/libz.so.1").read_text() == "mine"
    assert (tree / "lib64").is_dir()
    assert not (tree / "lib64").is_symlink()


@pytest.mark.parametrize(
    ("machine", "bits", "little"), [(M68K, 32, False), (X86_64, 64, True), (X86_64, 32, True)]
)
def test_glibc_on_any_machine(
    tmp_path: Path, tree: Path, machine: int, bits: int, little: bool
) -> None:
    lib = tmp_path / "root/lib"
    lib.mkdir(parents=True)
    (lib / "ld.so.1").write_bytes(elf(machine, soname="ld.so.1", bits=bits, little=little))
    (lib / "libc.so").write_text("/* GNU ld script */\n")
    libc = elf(machine, needed=("ld.so.1",), soname="libc.so.6", bits=bits, little=little)
    (lib / "libc.so.6").write_bytes(libc)
    (lib / "libm-2.36.so").write_bytes(elf(machine, soname="libm.so.6", bits=bits, little=little))
    (lib / "libm.so.6").symlink_to("libm-2.36.so")
    main("copy", str(tmp_path / "root"), str(tree), *NAMES)
    assert names(tree / "lib") == {"modules", "ld.so.1", "libc.so.6", "libm.so.6"}
    assert not (tree / "lib64").exists()


def test_links_that_lead_nowhere_or_in_circles(root: Path, tree: Path) -> None:
    (root / "usr/lib/libm.so.6").symlink_to("libm.so.6")
    (root / "usr/lib/libcrypt.so.1").symlink_to("/../../gone")
    assert Root(root).find("usr/../../lib/libc.so") == root / "usr/lib/libc.so"
    main("copy", str(root), str(tree), *NAMES)
    assert not names(tree / "lib") & {"libm.so.6", "libcrypt.so.1"}


def test_ldd_reads_a_root_that_cannot_run_here(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "usr/bin/tool").write_bytes(elf(needed=("libssl.so.3", "libgone.so.1")))
    main("ldd", str(root), str(root / "usr/bin/tool"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"\tlibssl.so.3 => {root}/lib/libssl.so.3 (0x0)"
    assert lines[1] == "\tlibgone.so.1 => not found"
    assert f"\tlibatomic.so.1 => {root}/{GCC}/libatomic.so.1 (0x0)" in lines


@pytest.mark.parametrize("file", ["etc/ld.so.conf", "gone", "usr/bin"])
def test_ldd_of_what_is_no_program(root: Path, file: str) -> None:
    with pytest.raises(SystemExit, match="not a dynamic executable"):
        main("ldd", str(root), str(root / file))


def test_ldd_of_several(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = os.fspath(root / "usr/bin/rdmsr")
    main("ldd", str(root), program, program)
    assert capsys.readouterr().out == 2 * f"{program}:\n\tlibc.so => {root}/lib/libc.so (0x0)\n"
