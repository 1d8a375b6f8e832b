"""The targets of the lab: the small one, in as many copies as tests want, and shipped ones.

`configs/aarch64-unknown-linux-musl.small` is a stage0 of busybox with one stacked list and a kernel
that is built already: it builds in about a minute and boots. What it shares with the shipped
`rpi4-bb-mini` are links to that; a copy holds the files themselves.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SMALL = CHECKOUT / "tests/lab/configs/aarch64-unknown-linux-musl.small"
TOYBOX = CHECKOUT / "configs/aarch64-unknown-linux-musl.rpi4-tb-stack"
RISCV = CHECKOUT / "configs/riscv64-unknown-linux-musl.riscv64-bb-mini"
LINKS = "target-portage/env/sys-apps"
"""Where a target says that toybox's commands are links to it."""
KEYWORDS = "~amd64 ~arm64"
ARCHITECTURES = {"aarch64": ("arm64", "arm64"), "x86_64": ("amd64", "x86_64")}
"""The CPU of a tuple, as Gentoo (ARCH) and as the kernel (build-arch) call it."""

BOX_OPTIONS = (
    *("STATIC",),
    *("INIT", "FEATURE_USE_INITTAB", "GETTY", "LOGIN", "FEATURE_SHADOWPASSWDS", "HOSTNAME"),
    *("IFCONFIG", "IP", "FEATURE_IP_ADDRESS", "FEATURE_IP_LINK", "WC"),
)
"""What the box of the root has otherwise than that of the initramfs: STATIC off, the others on."""


def _box(mini: str) -> str:
    """A small box for the root: it is compiled in seconds."""
    off, *on = (f"CONFIG_{name}" for name in BOX_OPTIONS)
    changed = {off, *on}
    kept = [line for line in mini.splitlines() if not changed & set(re.split(r"[ =]", line))]
    return "\n".join([*kept, f"# {off} is not set", *(f"{name}=y" for name in on), ""])


def add_small(configs: Path, tuple_: str, name: str) -> Path:
    """Make a copy of the small target for this tuple, as `configs/<tuple>.<name>`."""
    gentoo, kernel = ARCHITECTURES[tuple_.partition("-")[0]]
    directory = copy_target(SMALL, configs / f"{tuple_}.{name}")
    make_conf, make_profile = (
        directory / "target-portage" / n for n in ("make.conf", "make.profile")
    )
    defaults = directory / "target-portage/profile/make.defaults"
    text = make_conf.read_text().replace("aarch64-unknown-linux-musl", tuple_)
    make_conf.write_text(text.replace("~arm64", f"~{gentoo}").replace("/small", f"/{name}"))
    defaults.write_text(defaults.read_text().replace("arm64", gentoo))
    profile = make_profile.readlink()
    make_profile.unlink()
    make_profile.symlink_to(str(profile).replace("arm64", gentoo))
    (directory / "build-arch").write_text(f"{kernel}\n")
    (directory / "busybox.config").write_text(_box((directory / "busybox-mini.config").read_text()))
    return directory


def use_toybox(directory: Path) -> None:
    """Have a small target's commands come from toybox, as the shipped targets with it do."""
    for path in directory.glob("busybox*.config"):
        path.unlink()
    for name in ("toybox.config", "toybox-mini.config"):
        shutil.copy(TOYBOX / name, directory / name)
    shutil.copytree(TOYBOX / LINKS, directory / LINKS)
    shutil.rmtree(directory / "repos")
    shutil.copytree(TOYBOX / "repos", directory / "repos")
    base = directory / "worlds/base"
    base.write_text(base.read_text().replace("sys-apps/busybox", "sys-apps/toybox"))
    use = directory / "target-portage/package.use/small"
    use.write_text(use.read_text() + "sys-apps/toybox savedconfig\n")


KERNEL_BIN = "sys-kernel/gentoo-kernel-bin"
FAST_IMAGES = {"squashfs.level": "1\n"}
"""What is packed anew in many tests; the images of rpi4-bb-mini are as they are by default."""
SUBSTITUTED: Mapping[str, Mapping[str, str | None]] = {
    # What its kernel was compiled to stays: another initramfs is linked into it in seconds.
    "aarch64-unknown-linux-musl.rpi4-bb-mini": {"skip.mrproper": ""},
    # Compiling a second such kernel takes ten minutes: one that is built already, which takes no
    # initramfs in, and is laid out for UEFI.
    "aarch64-unknown-linux-musl.rpi4-tb-stack": {
        "linux.config": None,
        "worlds/kernel": f"{KERNEL_BIN}\n",
        "target-portage/package.accept_keywords/kernel": f"{KERNEL_BIN} ~arm64\n",
        **FAST_IMAGES,
    },
    # Its own kernel has ten times as many options: these are what a boot without drives needs,
    # and without UEFI.
    "x86_64-unknown-linux-musl.qemu64-tb-mini": {
        "linux.config": (CHECKOUT / "tests/lab/qemu64.config").read_text(),
        **FAST_IMAGES,
    },
    # Debian has no kernel for it; its own box has six times as many commands and options.
    "riscv64-unknown-linux-musl.riscv64-bb-mini": {
        "linux.config": None,
        "worlds/kernel": None,
        "busybox.config": _box((RISCV / "busybox-mini.config").read_text()),
        **FAST_IMAGES,
    },
}
"""Which shipped targets the lab builds, and all that is otherwise in them there: by path, the
content of a file, or None for one that is left out."""


def substitute(configs: Path, full_name: str) -> None:
    """Make the copy of a shipped target one that the lab can build, as `SUBSTITUTED` says."""
    for name, text in SUBSTITUTED[full_name].items():
        file = configs / full_name / name
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(text)


def copy_target(source: Path, to: Path) -> Path:
    """Copy a configuration; a link to another part of the checkout becomes what it leads to."""
    if source.is_symlink() and not (source.exists() and source.resolve().is_relative_to(CHECKOUT)):
        to.symlink_to(source.readlink())
    elif source.is_dir():
        to.mkdir(parents=True)
        for child in source.iterdir():
            copy_target(child, to / child.name)
    else:
        shutil.copy2(source, to)
    return to


ROOT = ("sys-apps/baselayout", "sys-libs/musl")
BOX = """
src_compile() {
	${CHOST}-gcc -static -x c -o busybox - <<<'int main(void) { return 0; }' || die
}
src_install() {
	into /
	dobin busybox
}
"""
"""A box with one command, which is compiled in a moment."""


def make_tiny(directory: Path, *packages: str) -> None:
    """Leave of a small target one list with these packages, no kernel, and a box that does nothing.

    For a test of how builds run, not of what comes of them.
    """
    worlds = directory / "worlds"
    (worlds / "base").write_text("\n".join((*ROOT, *packages, "")))
    for name in ("extra", "tree/extra", "kernel"):
        (worlds / name).unlink()
    add_ebuild(directory, "sys-apps/busybox-99", BOX)


def add_ebuild(directory: Path, version: str, text: str) -> None:
    """Have an ebuild, `category/name-1`, in the repository of a target's own; no other version."""
    package, _, _ = version.rpartition("-")
    name = package.rpartition("/")[2]
    place = directory / "repos/bh-stage0" / package
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    head = f'EAPI=8\nDESCRIPTION="{name}"\nSLOT="0"\nKEYWORDS="{KEYWORDS}"\nS=${{WORKDIR}}\n'
    (place / f"{version.rpartition('/')[2]}.ebuild").write_text(f"{head}{text}")
