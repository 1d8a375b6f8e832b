"""What is asked of the machine and the network before hours are spent on a first build."""

import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from bh_container.config.settings import Settings, TmpType
from bh_container.config.target import Target
from bh_container.events import Note
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST
from bh_container.run.workshop import Workshop

UNIT = "host"
PATIENCE = 10
"""Seconds to wait for a mirror's answer."""
_GIB = 1 << 30
_FACTORS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def warn(shop: Workshop, targets: Iterable[Target]) -> None:
    """Tell what may stop a build of these targets late; a target that was built before has shown
    that it can be.
    """
    new = [t for t in targets if shop.journal(t.full_name).read().last is None]
    if new:
        for text in (
            *disk_warnings(shop, len(new)),
            *memory_warnings(shop.settings, available_memory()),
            *mirror_warnings(shop.settings.gentoo_mirrors),
        ):
            shop.tell(Note(unit=UNIT, text=text))


def disk_warnings(shop: Workshop, new: int) -> Iterator[str]:
    """Whether there is room for so many targets as large as the largest that was built here."""
    sizes = [
        part.size
        for snapshot in Shelf(shop.project.history).all()
        for unit, part in snapshot.parts.items()
        if unit != HOST
    ]
    needed = new * max(sizes, default=0)
    for place in dict.fromkeys((shop.engine.store(), shop.project.root)):
        free = shutil.disk_usage(place).free if place.exists() else needed
        if free < needed:
            yield (
                f"{place}: {_gib(free)} are free, and targets that were built here would take "
                f"{_gib(needed)}: make room (bh-container du, bh-container gc)"
            )


def memory_warnings(settings: Settings, available: int) -> Iterator[str]:
    """Whether what is to be in memory fits there; `available` is in bytes."""
    if settings.tmp_type is not TmpType.TMPFS:
        return
    wanted = _bytes(settings.tmp_size)
    if wanted > available:
        yield (
            f"tmp_size (TMP_SIZE) is {_gib(wanted)}, and {_gib(available)} of memory and swap are "
            "free: make it smaller, or build on the disk"
        )


def mirror_warnings(mirrors: tuple[str, ...]) -> Iterator[str]:
    """Which of the mirrors of the settings do not answer; all are asked at the same time."""
    asked = [mirror for mirror in mirrors if mirror.startswith(("http://", "https://"))]
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as threads:
        for mirror, why in zip(asked, threads.map(_silence, asked), strict=True):
            if why:
                yield f"{mirror} does not answer ({why}): correct gentoo_mirrors (GENTOO_MIRRORS)"


def available_memory() -> int:
    """Bytes of memory and swap that programs can still have (proc_meminfo(5))."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    found = {name: int(rest.split()[0]) for name, _, rest in (one.partition(":") for one in lines)}
    return 1024 * (found["MemAvailable"] + found["SwapFree"])


def _silence(mirror: str) -> str | None:
    """Why a mirror says nothing; any answer at all is one."""
    try:
        requests.head(mirror, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        return type(error).__name__
    return None


def _bytes(size: str) -> int:
    """What tmpfs(5) makes of a size."""
    digits, unit = size.rstrip("kKmMgGtT%"), size[-1:].lower()
    if unit == "%":
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return total * int(digits) // 100
    return int(digits) * _FACTORS.get(unit, 1)


def _gib(size: int) -> str:
    return f"{size / _GIB:.1f} GiB"
