"""What a root has for its loader and its compiler, made by scripts in directories of a test."""

import subprocess
from pathlib import Path

import pytest

from bh_container import steps
from tests.output.elves import elf
from tests.steps.programs import run_script, stand_in

GCC = "/usr/lib/gcc/aarch64-unknown-linux-musl/14"
DEFAULT = ["/lib", "/usr/local/lib", "/usr/lib"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A sysroot of musl that is a root too."""
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/ld-musl-aarch64.so.1").symlink_to("/usr/lib/libc.so")
    (tmp_path / "etc").mkdir()
    return tmp_path


def library_path(root: Path) -> list[str] | None:
    words = {"BH_ROOT": str(root), "BH_SYSROOT": str(root)}
    run_script("target/library-path.sh", root / "programs", words)
    (*found,) = root.glob("etc/ld-musl-*")
    assert [path.name for path in found] in ([], ["ld-musl-aarch64.path"])
    return found[0].read_text().splitlines() if found else None


def test_where_musl_looks_for_libraries(root: Path) -> None:
    (root / "etc/ld.so.conf.d").mkdir()
    (root / "etc/ld.so.conf").write_text(
        f"# made by env-update\ninclude ld.so.conf.d/*.conf\n/usr/lib\n{GCC}\n/lib\n"
    )
    (root / "etc/ld.so.conf.d/05llvm.conf").write_text(f"/usr/lib/llvm/19/lib\n{GCC}\n")
    assert library_path(root) == [*DEFAULT, GCC, "/usr/lib/llvm/19/lib"]
    (root / "etc/ld.so.conf").unlink()
    assert library_path(root) == [*DEFAULT, "/usr/lib/llvm/19/lib", GCC]


@pytest.mark.parametrize("conf", ["/lib\n/usr/lib\n/usr/local/lib\n", None])
def test_where_musl_looks_anyway_no_file_says_it(root: Path, conf: str | None) -> None:
    (root / "etc/ld-musl-aarch64.path").write_text("of an earlier run")
    if conf is not None:
        (root / "etc/ld.so.conf").write_text(conf)
    assert library_path(root) is None


def test_another_libc_has_no_such_file(root: Path) -> None:
    (root / "usr/lib/ld-musl-aarch64.so.1").unlink()
    (root / "etc/ld.so.conf").write_text(f"{GCC}\n")
    assert library_path(root) is None


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_final_directory_leaves_out_of_gcc(tmp_path: Path, times: int) -> None:
    """Portage sources the file when the mask for all packages is set already."""
    file = tmp_path / "etc/portage/env/sys-devel/gcc"
    file.parent.mkdir(parents=True)
    file.write_text('#INSTALL_MASK="/usr/bin *.a"\nEXTRA_ECONF=--with-x\n')
    words = {"BH_SYSROOT": str(tmp_path), "BH_GCC_MASK": "/usr/bin *.a"}
    for _ in range(times):
        run_script("target/gcc-mask.sh", tmp_path / "programs", words)
    said = subprocess.run(
        ["bash", "-c", f'INSTALL_MASK=/x; . {file}; set -f; echo "$EXTRA_ECONF" $INSTALL_MASK'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "--with-x /usr/bin *.a\n"
    assert file.read_text().count("\nINSTALL_MASK=") == 1


def test_the_sysroots_ldd_can_be_run_here(root: Path) -> None:
    """musl's is a link to the loader, by a path that is another one outside of the root."""
    stand_in(root / "programs", "tuple-emerge", ":")
    (root / "usr/bin").mkdir()
    (root / "usr/bin/ldd").symlink_to("/lib/ld-musl-aarch64.so.1")
    (root / "usr/lib/libc.so").write_bytes(elf())
    (root / "usr/bin/tool").write_bytes(elf(needed=("libc.so",)))
    words = {
        "BH_TUPLE": "tuple",
        "BH_SYSROOT": str(root),
        "BH_ATOMS": "sys-libs/musl",
        "BH_PACKAGES": "1",
    }
    (root / "bh").symlink_to(steps.DIRECTORY.parent)
    run_script("target/libc.sh", root / "programs", words)
    said = subprocess.run(
        [root / "usr/bin/ldd", root / "usr/bin/tool"], capture_output=True, text=True, check=True
    ).stdout
    assert said == f"\tlibc.so => {root}/usr/lib/libc.so (0x0)\n"
