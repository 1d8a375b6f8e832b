"""What a setting or an option may be, where that is one of a few words."""

from enum import StrEnum

STAGE3 = "stage3"
"""The seed that is Gentoo's newest stage3."""

LAB = "lab"
"""The seed that is made on this machine, from a recipe of this project."""


class TmpType(StrEnum):
    """What `/tmp` and `/var/tmp` of a build are."""

    NONE = "none"
    TMPFS = "tmpfs"


class Flavour(StrEnum):
    """Which of an architecture's stage3s a host starts from."""

    MUSL = "musl"
    MUSL_HARDENED = "musl-hardened"
    MUSL_LLVM = "musl-llvm"
    GLIBC = "glibc"


class HistType(StrEnum):
    """What a snapshot is exported as."""

    SQUASHFS = "squashfs"
    FILES = "files"


class MntType(StrEnum):
    """Where a build is: on a mounted file system, or in memory (build-helper's words)."""

    BIND = "bind"
    TMPFS = "tmpfs"


class Medium(StrEnum):
    """What images lie on at boot: a file system on a drive, or a directory shared with QEMU."""

    FAT = "fat"
    EXT4 = "ext4"
    ISO = "iso"
    SHARE = "9p"
