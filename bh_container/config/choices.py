"""What a setting may be, where that is one of a few words."""

from enum import StrEnum


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
