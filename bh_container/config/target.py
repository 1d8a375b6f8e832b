"""One target: a directory `configs/<tuple>.<name>`, in the layout of build-helper."""

import re
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.bootstrap import First, first_of_comments, read_bootstrap
from bh_container.config.box import Box, Flavour
from bh_container.config.files import FileSet, read_files
from bh_container.config.kernel import Kernel, KernelKind, read_kernel
from bh_container.config.portage import read_portage
from bh_container.config.problems import Report
from bh_container.config.repositories import Repository, read_repos_conf, read_repositories
from bh_container.config.source import is_present, read_lines
from bh_container.config.worlds import (
    BASE,
    RUST_CLEAN,
    SYSTEM_SET,
    PackageList,
    is_directory,
    read_atoms,
    read_package_lists,
)

__all__ = ["Box", "Flavour", "Kernel", "KernelKind", "Splits", "Target", "load_target"]

_TUPLE = re.compile(r"[A-Za-z0-9_]+-[A-Za-z0-9_]+-[A-Za-z0-9_]+-[A-Za-z0-9_]+")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_Words = tuple[str, ...]  # a field of Target is called `tuple`
_Lists = tuple[PackageList, ...]
_Repositories = tuple[Repository, ...]
_Firsts = tuple[First, ...]
_ARCH = re.compile(r"[a-z0-9_]+")

SQUASHFS_LEVELS = range(1, 23)
SQUASHFS_LEVEL = 15
"""Of zstd, as gensquashfs(1) has it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """What lies outside of the kernel's file."""

    base: bool
    extra: bool
    initramfs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a target's directory says.

    `box` is there for a complete target too when its initramfs is made of one. `install_mask` is
    what only the final directories leave out, `gcc_install_mask` the same for sys-devel/gcc
    alone; `bootstrap` are the packages that are built first, with flags that hold only then;
    `kernel_provided` whether `profile/package.provided.kernel` holds while the kernel is
    installed; `rust_clean` what goes out of the sysroot after rust; `squashfs_level` how hard zstd
    tries on the images, from 1 to 22.
    """

    directory: Path
    tuple: str
    name: str
    build_arch: str
    flavour: Flavour
    box: Box | None
    lists: _Lists
    kernel: Kernel
    splits: Splits
    squashfs_level: int
    skip_mrproper: bool
    base_patch: bool
    install_mask: str | None
    gcc_install_mask: str | None
    portage_tmpdir: str | None
    bootstrap: _Firsts
    kernel_provided: bool
    rust_clean: _Words
    elibc: str
    native: bool
    repositories: _Words
    repos_conf: _Repositories
    files: FileSet

    @property
    def full_name(self) -> str:
        """`<tuple>.<name>`."""
        return f"{self.tuple}.{self.name}"

    @property
    def complete(self) -> bool:
        return self.flavour is Flavour.COMPLETE

    @property
    def lib64(self) -> bool:
        """Whether a merged-usr root has `lib64` beside `lib`, rather than `lib32`."""
        return "64" in self.build_arch


def load_target(directory: Path) -> Target:
    """Raises ConfigInvalid with everything that is wrong in the directory."""
    report = Report()
    target = read_target(directory, report)
    report.raise_if_any()
    return target


def read_target(directory: Path, report: Report) -> Target:
    """The target as far as it can be read; what is wrong goes to `report`.

    Raises ConfigInvalid where there is no directory.
    """
    tuple_, name = _names(directory, report)
    if not is_directory(directory):
        report.add(directory, None, "is no directory", "see `bh-container list`")
        report.raise_if_any()
    lists = read_package_lists(directory / "worlds", report)
    box = _box(directory)
    portage = read_portage(directory, tuple_, report)
    repos_conf = read_repos_conf(directory, report)
    return Target(
        directory=directory,
        tuple=tuple_,
        name=name,
        build_arch=_build_arch(directory / "build-arch", report),
        flavour=_flavour(directory, lists, box, report),
        box=box,
        lists=lists,
        kernel=read_kernel(directory, report),
        splits=_splits(directory),
        squashfs_level=_squashfs_level(directory / "squashfs.level", report),
        skip_mrproper=is_present(directory / "skip.mrproper"),
        base_patch=is_present(directory / "base.patch"),
        install_mask=portage.install_mask,
        gcc_install_mask=portage.gcc_install_mask,
        portage_tmpdir=portage.portage_tmpdir,
        bootstrap=_bootstrap(directory, portage.pam_use, report),
        kernel_provided=portage.kernel_provided,
        rust_clean=_rust_clean(directory / "worlds" / RUST_CLEAN, report),
        elibc=portage.elibc,
        native="native" in name,
        repositories=read_repositories(directory, repos_conf, report),
        repos_conf=repos_conf,
        files=read_files(directory, report),
    )


def _names(directory: Path, report: Report) -> tuple[str, str]:
    """The tuple has no dot in it, so the name begins after the first one."""
    tuple_, _, name = directory.name.partition(".")
    if not _TUPLE.fullmatch(tuple_):
        what = f"'{tuple_}' is no tuple of four words"
        remedy = "name the directory like aarch64-unknown-linux-musl.rpi4"
        report.add(directory, None, what, remedy)
    if not _NAME.fullmatch(name):
        what = f"'{name}' cannot be a target's name" if name else "the target has no name"
        remedy = f"name the directory {tuple_}.NAME, of letters, digits and '_', '-', '.'"
        report.add(directory, None, what, remedy)
    return tuple_, name


def _build_arch(file: Path, report: Report) -> str:
    before = len(report.problems)
    words = [(line, word) for line in read_lines(file, report) for word in line.text.split()]
    if len(report.problems) > before:
        return ""
    remedy = "write the kernel's name of the architecture there: arm64, x86, riscv"
    if not words:
        report.add(file, None, "is empty", remedy)
        return ""
    if len(words) > 1:
        report.add(file, words[1][0].number, "names more than one architecture", remedy)
    if not _ARCH.fullmatch(words[0][1]):
        report.add(file, words[0][0].number, f"'{words[0][1]}' is no architecture", remedy)
    return words[0][1]


def _squashfs_level(file: Path, report: Report) -> int:
    if not is_present(file):
        return SQUASHFS_LEVEL
    before = len(report.problems)
    lines = read_lines(file, report)
    word = " ".join(line.text for line in lines).strip()
    if word in map(str, SQUASHFS_LEVELS):
        return int(word)
    if len(report.problems) == before:
        number = lines[0].number if lines else None
        remedy = (
            f"write one number there: {SQUASHFS_LEVELS[0]} is fast, {SQUASHFS_LEVELS[-1]} small"
        )
        report.add(file, number, "is no level of zstd", remedy)
    return SQUASHFS_LEVEL


def _box(directory: Path) -> Box | None:
    """busybox before toybox, where a target has a configuration of both."""
    return next((box for box in Box if is_present(directory / box.mini_config)), None)


def _flavour(
    directory: Path, lists: tuple[PackageList, ...], box: Box | None, report: Report
) -> Flavour:
    base = next((listed for listed in lists if listed.name == BASE), None)
    complete = base is not None and SYSTEM_SET in base.atoms
    if box is not None and not is_directory(directory / "initramfs"):
        what = f"is missing, and {box.mini_config} is there for an initramfs"
        report.add(directory / "initramfs", None, what, "create the initramfs's template there")
    if complete:
        return Flavour.COMPLETE
    if box is None and base is not None:
        configs = " or ".join(each.mini_config for each in Box)
        what = f"has no {SYSTEM_SET}, and there is no {configs}"
        remedy = f"add one of these files for a stage0, or {SYSTEM_SET} for a complete system"
        report.add(base.file, None, what, remedy)
    return Flavour(box) if box else Flavour.BUSYBOX


def _splits(directory: Path) -> Splits:
    return Splits(
        base=is_present(directory / "split.base"),
        extra=is_present(directory / "split.extra"),
        initramfs=is_present(directory / "split.initramfs"),
    )


def _bootstrap(directory: Path, pam_use: tuple[str, ...], report: Report) -> tuple[First, ...]:
    """A line of the file counts for more than a comment about the same package."""
    named = read_bootstrap(directory, report)
    packages = {one.package for one in named}
    comments = first_of_comments(pam_use)
    return (*(one for one in comments if one.package not in packages), *named)


def _rust_clean(file: Path, report: Report) -> tuple[str, ...]:
    return read_atoms(file, report) if is_present(file) else ()
