"""Which kernel a target has, as `worlds/kernel` says.

A new kind is a member of `KernelKind` and a row in `TRAITS`; how it is made says `plan/kernel.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from bh_container.config.atom import Atom, AtomInvalid, parse_atom
from bh_container.config.problems import Report
from bh_container.config.source import is_present
from bh_container.config.worlds import KERNEL, read_atoms

KERNEL_CONFIG = "linux.config"
_OPTION = re.compile(r"CONFIG_(\w+)=(.*)|# CONFIG_(\w+) is not set")
# Packages of the category that a kernel may need, and that are none.
_NO_KERNELS = frozenset(
    {"cryptodev", "dkms", "dracut", "installkernel", "linux-docs", "linux-firmware"}
    | {"linux-headers", "scx", "scx-loader", "ugrd", "kergen", "genkernel", "bliss-initramfs"}
)


class ConfigUse(StrEnum):
    """What `linux.config` is to a kernel: all of its options, some beside others, or nothing."""

    WHOLE = "whole"
    PART = "part"
    UNREAD = "unread"


class KernelKind(StrEnum):
    """How a kernel comes into being."""

    SOURCES = "sources"
    DIST = "dist"
    BINARY = "binary"
    NONE = "none"

    @property
    def config(self) -> ConfigUse:
        """What `linux.config` is to a kernel of this kind."""
        return TRAITS[self].config

    @property
    def takes_initramfs(self) -> bool:
        """Whether an initramfs can become part of it."""
        return TRAITS[self].takes_initramfs


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelTraits:
    """What holds for all kernels of a kind; `names` matches those of their packages."""

    names: re.Pattern[str]
    config: ConfigUse
    takes_initramfs: bool


_NO_NAME = re.compile(r"(?!)")

TRAITS: Mapping[KernelKind, KernelTraits] = {
    KernelKind.BINARY: KernelTraits(
        names=re.compile(r".*-kernel-bin|raspberrypi-image"),
        config=ConfigUse.UNREAD,
        takes_initramfs=False,
    ),
    KernelKind.DIST: KernelTraits(
        names=re.compile(r".*-kernel"), config=ConfigUse.PART, takes_initramfs=True
    ),
    KernelKind.NONE: KernelTraits(names=_NO_NAME, config=ConfigUse.UNREAD, takes_initramfs=False),
    KernelKind.SOURCES: KernelTraits(
        names=re.compile(r".*"), config=ConfigUse.WHOLE, takes_initramfs=True
    ),
}
"""The first row that matches a package's name is its kind."""


class Option(NamedTuple):
    """What `linux.config` says of an option (`y`, `m`, `n` or another value), and in what line."""

    value: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """`atoms` is all of `worlds/kernel`, dependencies too; `package` the kernel among them
    (`category/name`), None where the newest `/usr/src/linux-*` decides; `config` whether the
    target has a `linux.config`, and `options` what that says, by names without `CONFIG_`."""

    kind: KernelKind
    package: str | None
    atoms: tuple[str, ...]
    config: bool
    options: Mapping[str, Option] = field(default_factory=dict, repr=False)


def read_kernel(directory: Path, report: Report) -> Kernel:
    """Raises nothing; two kernels, or sources without `linux.config`, are problems."""
    config_file, world = directory / KERNEL_CONFIG, directory / "worlds" / KERNEL
    config = is_present(config_file)
    if not is_present(world):
        if config:
            remedy = f"create worlds/{KERNEL}, or remove {KERNEL_CONFIG}"
            what = f"there is no worlds/{KERNEL} to say what it is of"
            report.add(config_file, None, what, remedy)
        return Kernel(kind=KernelKind.NONE, package=None, atoms=(), config=config)
    atoms = read_atoms(world, report)
    kernels = sorted({atom.package for atom in _packages(atoms) if _may_be_kernel(atom)})
    if len(kernels) > 1:
        what = f"names {len(kernels)} kernels: {', '.join(kernels)}"
        report.add(world, None, what, "leave one")
    package = kernels[0] if kernels else None
    kind = _kind(package)
    if kind.config is ConfigUse.WHOLE and not config:
        what = f"is missing, and {package or 'a kernel built from sources'} cannot do without it"
        report.add(config_file, None, what, "put the kernel's .config there")
    options = read_options(config_file) if config else {}
    return Kernel(kind=kind, package=package, atoms=atoms, config=config, options=options)


def read_options(file: Path) -> Mapping[str, Option]:
    """The options of a kernel's .config, or a part of one; nothing where it cannot be read.

    Of a line that comes twice the kernel obeys the last.
    """
    try:
        # Anything but a file may never end, or never begin.
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    except (OSError, ValueError):
        return {}
    options = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _OPTION.fullmatch(line):
            name, value, off = found.groups()
            options[name or off] = Option(value or "n", number)
    return options


def _packages(atoms: tuple[str, ...]) -> list[Atom]:
    found = []
    for text in atoms:
        try:
            found.append(parse_atom(text))
        except AtomInvalid:
            continue  # a set
    return found


def _may_be_kernel(atom: Atom) -> bool:
    return atom.category == "sys-kernel" and atom.name not in _NO_KERNELS


def _kind(package: str | None) -> KernelKind:
    name = package.partition("/")[2] if package else ""
    return next(kind for kind, traits in TRAITS.items() if traits.names.fullmatch(name))
