"""The CPU of a tuple, by one name for every model of it: that of the kernel's `uname -m`."""

import re


def cpu_of(tuple_: str) -> str:
    """`armv6j-unknown-linux-musleabihf` is an `arm`, `i686-pc-linux-musl` an `i386`."""
    cpu = tuple_.partition("-")[0]
    if re.fullmatch(r"i[3-6]86", cpu):
        return "i386"
    return "arm" if cpu.startswith("arm") else cpu
