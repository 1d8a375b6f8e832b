"""What steps make of the user's configuration, on a copy of it: no file of the user's changes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container import steps
from tests.config.tree import write_tree
from tests.steps.programs import RSYNC, run_script, stand_in

PLACES = ("/bh", "/etc/portage", "/usr", "/var/db/repos")
SWITCH = "I_KNOW_WHAT_I_AM_DOING_CROSS=yes"
HOST = {
    "make.conf": f'CHOST=x86_64-pc-linux-musl\n{SWITCH}\nexport {SWITCH}\nUSE="x"\n',
    "repos.conf": "[mine]\nlocation = /var/db/repos/mine\n",
    "env/dev-lang/rust": "RUST_CROSS_TARGETS=( nothing )\n",
    "package.use": None,
}
TARGET = {
    "make.conf": "CHOST=tuple\n",
    "package.use/own": "*/* X\n",
    "repos.conf/gentoo.conf": "[gentoo]\nauto-sync = yes\n",
}
WORDS = {
    "BH_TUPLE": "tuple",
    "BH_NAME": "box",
    "BH_REPOSITORIES": "",
    "BH_BOX": "sys-apps/busybox",
    "BH_BOX_CONFIG": "",
    "BH_JOBS": "1",
    "BH_PACKAGES": "1",
}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A container's root, with an rsync; what the user wrote in it stays as it is."""
    (tmp_path / "usr").mkdir()
    stand_in(tmp_path / "programs", "rsync", RSYNC)
    yield tmp_path


def run(name: str, root: Path, **words: str) -> str:
    words = {"BH_SYSROOT": f"{root}/usr/tuple.box", **words}
    return run_script(name, root / "programs", words, PLACES)


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def configure_host(root: Path, off: str) -> Path:
    words = {"BH_KEEP": "cross-* 00cpu-flags", "BH_OFF": off, "BH_REPOS_CONF": "[crossdev]"}
    words["BH_OVERLAY"] = f"{root}/srv/overlay"
    run("host/configuration.sh", root, BH_RUST_TARGETS="L:a:a-tuple L:b:b-tuple", **words)
    return root / "etc/portage"


def test_the_hosts_copy(root: Path) -> None:
    user = write_tree(root / "bh/config/host/target-portage", HOST)
    before = contents(user)
    stand_in(root / "programs", "b-tuple-gcc", ":")
    portage = configure_host(root, SWITCH.partition("=")[0])
    text = (portage / "make.conf").read_text()
    assert f"\n#{SWITCH}\n#export {SWITCH}\nUSE=" in text
    assert (portage / "repos.conf/user.conf").read_text() == HOST["repos.conf"]
    assert (portage / "repos.conf/zz-bh-container.conf").read_text() == "[crossdev]\n"
    said = ["bash", "-c", f'. {portage}/env/dev-lang/rust; echo "${{RUST_CROSS_TARGETS[*]}}"']
    assert subprocess.run(said, capture_output=True, text=True, check=True).stdout == (
        "L:b:b-tuple\n"
    ), "only what has a compiler"
    assert (root / "srv/overlay/profiles/repo_name").read_text() == "crossdev\n"
    (portage / "package.use/cross-tuple").write_text("by crossdev")
    (portage / "package.use/gone").write_text("of an earlier configuration")
    configure_host(root, "")
    assert f"\n{SWITCH}\nexport {SWITCH}\n" in (portage / "make.conf").read_text()
    assert [path.name for path in (portage / "package.use").iterdir()] == ["cross-tuple"]
    assert contents(user) == before


def test_the_targets_copy(root: Path) -> None:
    user = write_tree(root / "bh/config/target/target-portage", TARGET)
    (root / "bh/config/target/busybox.config").write_text("of the root")
    before = contents(user)
    portage = root / "usr/tuple.box/etc/portage"
    words = {**WORDS, "BH_BOX_CONFIG": "busybox.config", "BH_TMPDIR": f"{root}/compiling/here"}
    run("target/configuration.sh", root, **words)
    assert (root / "usr/tuple").readlink() == Path("tuple.box")
    assert (root / "compiling/here").is_dir()
    *_, last = sorted((portage / "repos.conf").iterdir())
    assert last.read_text() == "[gentoo]\nauto-sync = no\n"
    assert (portage / "savedconfig/sys-apps/busybox").read_text() == "of the root"
    (portage / "package.use/native").write_text("of another name")
    run("target/configuration.sh", root, **words)
    assert [path.name for path in (portage / "package.use").iterdir()] == ["own"]
    assert contents(user) == before


SAYS = """\
echo "$*" >"$LOG"
echo "USE=$USE FEATURES=$FEATURES" >>"$LOG"
for word; do
	case $word in --config-root=*) cat "${word#*=}/etc/portage/savedconfig"/*/* >>"$LOG" ;; esac
done
"""


def test_the_box_of_the_initramfs_is_compiled_with_its_own_file(root: Path) -> None:
    """Never from a binary package, nor into one: the box of the root is another."""
    sysroot = write_tree(
        root / "usr/tuple.box",
        {
            "etc/portage/savedconfig/sys-apps/busybox": "of the root",
            "etc/portage/savedconfig/sys-apps/busybox-1.36.1": "of the root",
        },
    )
    write_tree(root / "bh/config/target", {"busybox-mini.config": "mini"})
    stand_in(root / "programs", "tuple-emerge", SAYS)
    words = {**WORDS, "BH_BOX_CONFIG": "busybox-mini.config", "LOG": str(root / "log")}
    run("target/box.sh", root, **words)
    called, variables, config = (root / "log").read_text().splitlines()
    assert {"--usepkg=n", "--getbinpkg=n", f"--root={root}/bh/work/box"} <= set(called.split())
    assert called.split()[-1] == "sys-apps/busybox"
    use = "-make-symlinks -syslog -pam static savedconfig static-libs"
    assert variables == f"USE={use} FEATURES= -buildpkg"
    assert config == "mini"
    saved = contents(sysroot / "etc/portage/savedconfig").values()
    assert set(saved) == {b"of the root"}


def test_base_is_patched_when_it_is_new(root: Path) -> None:
    patch = "--- etc/motd\n+++ etc/motd\n@@ -1 +1 @@\n-old\n+new\n"
    write_tree(root / "bh/config/target", {"base.patch": patch})
    motd = write_tree(root / "bh/work/final/base", {"etc/motd": "old\n"}) / "etc/motd"
    run("target/base-patch.sh", root, BH_LIST="base")
    assert motd.read_text() == "new\n"
    motd.write_text("old\n")
    run("target/base-patch.sh", root, BH_LIST="base")
    assert motd.read_text() == "old\n", "it was there already"


def test_the_newest_sources_are_the_kernels(root: Path) -> None:
    write_tree(root / "bh/config/target", {"linux.config": "CONFIG_A=y\n"})
    for release in ("6.9.1", "6.10.0", "6.2.9"):
        (root / f"usr/tuple.box/usr/src/linux-{release}").mkdir(parents=True)
    stand_in(root / "programs", "make", 'echo "$PWD $*"')
    said = run("target/kernel-prepare.sh", root, BH_TUPLE="tuple", BH_ARCH="arm64")
    source = root / "usr/tuple.box/usr/src/linux"
    assert source.readlink() == Path("linux-6.10.0")
    assert said.split()[1:] == [
        "ARCH=arm64",
        "CROSS_COMPILE=tuple-",
        "olddefconfig",
        "modules_prepare",
    ]
    assert (source / ".config").read_text() == "CONFIG_A=y\n"


@pytest.mark.parametrize("there", [False, True])
def test_where_compilers_look_for_pkgconfigs_files(root: Path, there: bool) -> None:
    for name in ("emerge", "env-update"):
        stand_in(root / "programs", name, ":")
    (root / "bh").symlink_to(steps.DIRECTORY.parent)
    if there:
        (root / "usr/lib64").symlink_to("lib")
    run("host/toolchain.sh", root, BH_ELIBC="musl", BH_PACKAGES="1")
    link = root / "usr/lib64/pkgconfig"
    assert link.is_symlink() != there
    if not there:
        assert link.readlink() == Path("../lib/pkgconfig")
