"""Gentoo's stage3s: what they are called on a mirror, and one exact build of one."""

import platform
import re
from dataclasses import dataclass

from bh_container.config.settings import Flavour
from bh_container.errors import BhError
from bh_container.seed.refusal import Refused

BUILD = re.compile(r"[0-9]{8}(T[0-9]{6}Z)?")
FILE = re.compile(r"stage3-[A-Za-z0-9_+-]+\.tar(\.[a-z0-9]+)?")
SHA512 = re.compile(r"[0-9a-f]{128}")
LARGEST = 8 << 30
"""No stage3 has come near this many bytes: a size beyond it is a mistake or an attack."""

_REMEDY = "correct what the lock file says of the stage3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage3:
    """One build of a stage3, exactly: what a lock file keeps.

    `directory` is the architecture's below `releases/`, `size` is in bytes, `sha512` in small
    hexadecimal digits. Raises `Refused` for a name that could lead anywhere else.
    """

    directory: str
    build: str
    file: str
    size: int
    sha512: str

    def __post_init__(self) -> None:
        parts = (
            (re.compile(r"[a-z0-9]+"), self.directory),
            (BUILD, self.build),
            (FILE, self.file),
            (SHA512, self.sha512),
        )
        for pattern, value in parts:
            if not pattern.fullmatch(value):
                raise Refused(f"{value!r} is no part of a stage3's address", remedy=_REMEDY)
        if not 0 < self.size <= LARGEST:
            raise Refused(f"{self.file}: no stage3 has {self.size} bytes", remedy=_REMEDY)

    @property
    def path(self) -> str:
        """Where it is on every mirror."""
        return f"{autobuilds(self.directory)}/{self.build}/{self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """How Gentoo calls an architecture: `directory` below `releases/`, `name` in files, and what
    joins a musl flavour to the name. `machines` is what uname(2) says there."""

    directory: str
    name: str
    joint: str
    machines: tuple[str, ...] = ()


ARCHITECTURES = (
    Architecture(directory="amd64", name="amd64", joint="-", machines=("x86_64",)),
    Architecture(directory="arm64", name="arm64", joint="-", machines=("aarch64",)),
    Architecture(directory="x86", name="i686", joint="-", machines=("i686",)),
    Architecture(directory="arm", name="armv6j_hardfp", joint="_", machines=("armv6l",)),
    Architecture(directory="arm", name="armv7a_hardfp", joint="_", machines=("armv7l", "armv8l")),
    Architecture(directory="riscv", name="rv64_lp64d", joint="_", machines=("riscv64",)),
    Architecture(directory="m68k", name="m68k", joint="_", machines=("m68k",)),
)
"""The file names are those of https://gitweb.gentoo.org/proj/releng.git, releases/specs."""


def architecture_of(word: str | None) -> Architecture:
    """The architecture of a name, of `DIRECTORY/NAME`, or (None) of this machine."""
    wanted = word or platform.machine()
    for architecture in ARCHITECTURES:
        if wanted == architecture.name or wanted in architecture.machines:
            return architecture
    directory, slash, name = wanted.partition("/")
    if slash:
        return Architecture(directory=directory, name=name, joint="-")
    known = ", ".join(architecture.name for architecture in ARCHITECTURES)
    raise BhError(
        f"{wanted}: it is not known what Gentoo calls this architecture's stage3",
        remedy=f"set stage3_arch to one of {known}, or to DIRECTORY/NAME as in "
        "releases/DIRECTORY/autobuilds/latest-stage3-NAME-musl.txt",
    )


def names_of(architecture: Architecture, flavour: Flavour) -> tuple[str, ...]:
    """What this stage3 is called, the present name first: since 2026 the musl ones, too, name
    their init system."""
    name = architecture.name
    if flavour is not Flavour.GLIBC:
        name += f"{architecture.joint}{flavour}"
    return (f"{name}-openrc", name)


def autobuilds(directory: str) -> str:
    """Where an architecture's builds and listings are on every mirror."""
    return f"releases/{directory}/autobuilds"
