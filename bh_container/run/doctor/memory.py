"""Memory: what compilers take, and what the settings put there."""

import os
from collections.abc import Iterator
from pathlib import Path

from bh_container.config.choices import TmpType
from bh_container.config.settings import Settings
from bh_container.run.doctor.facts import Facts, Memory
from bh_container.run.doctor.finding import Finding, ok, warning
from bh_container.run.doctor.quantity import GIB, gib

A_JOB = 2 * GIB
"""What Gentoo's handbook has for each compiler that runs at a time ("MAKEOPTS")."""

_FACTORS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def memory(facts: Facts) -> Iterator[Finding]:
    """Whether what is to be in memory fits there, and what targets took before."""
    yield from in_memory(facts.settings, facts.memory.available)
    free = f"{gib(facts.memory.available)} of memory and swap are free"
    if facts.memory.available < facts.memory.needed:
        yield warning(
            f"{free}, and targets that were built here would take {gib(facts.memory.needed)}",
            "build fewer of them at a time, with fewer compilers (--jobs), or add swap",
        )
    else:
        yield ok(free)


def compilers(facts: Facts) -> Iterator[Finding]:
    """Whether there is memory for as many compilers as the settings allow."""
    fit = max(1, facts.memory.total // A_JOB)
    if facts.settings.jobs > fit:
        yield warning(
            f"{facts.settings.jobs} compilers at a time may take "
            f"{gib(facts.settings.jobs * A_JOB)}, and {gib(facts.memory.total)} of memory and swap "
            "are there",
            f"export BUILD_JOBS={fit}",
        )


def in_memory(settings: Settings, available: int) -> Iterator[Finding]:
    """Of TMP_TYPE and TMP_SIZE; `available` is in bytes."""
    if settings.tmp_type is not TmpType.TMPFS:
        return
    wanted = _bytes(settings.tmp_size)
    if wanted > available:
        yield warning(
            f"tmp_size (TMP_SIZE) is {gib(wanted)}, and {gib(available)} of memory and swap are "
            "free",
            "make it smaller, or build on the disk",
        )


def read_memory(needed: int) -> Memory:
    """Memory and swap of this machine (proc_meminfo(5))."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    found = {name: int(rest.split()[0]) for name, _, rest in (one.partition(":") for one in lines)}
    return Memory(
        total=1024 * (found["MemTotal"] + found["SwapTotal"]),
        available=1024 * (found["MemAvailable"] + found["SwapFree"]),
        needed=needed,
    )


def _bytes(size: str) -> int:
    """What tmpfs(5) makes of a size."""
    digits, unit = size.rstrip("kKmMgGtT%"), size[-1:].lower()
    if unit == "%":
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return total * int(digits) // 100
    return int(digits) * _FACTORS.get(unit, 1)
