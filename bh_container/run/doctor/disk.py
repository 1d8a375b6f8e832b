"""Room on the disks: Podman's store, its spool, the project."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from bh_container.run.doctor.facts import Facts, Room
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.quantity import gib

LITTLE = 1 << 28
"""Bytes with which nothing can be built: a stage3 alone is larger."""

FEW = 300_000
"""Files and directories of a host's image: more than half of them are `::gentoo` (find(1))."""

_REMEDY = "make room (bh-container du, bh-container gc)"


def disk(facts: Facts) -> Iterator[Finding]:
    """Whether there is room, as far as that can be known before."""
    for room in facts.rooms:
        if room.free < LITTLE:
            yield failure(f"{room.place} ({room.what}): {gib(room.free)} are free", _REMEDY)
        elif room.free < room.needed:
            yield warning(
                f"{room.place}: {gib(room.free)} are free, and targets that were built here would "
                f"take {gib(room.needed)}",
                _REMEDY,
            )
        elif room.files is not None and room.files < FEW:
            yield warning(
                f"{room.place} ({room.what}): {room.files} more files can be made there, and a "
                f"host has about {FEW}",
                _REMEDY,
            )
        else:
            yield ok(f"{room.place} ({room.what}): {gib(room.free)} are free")


def read_rooms(places: Iterable[tuple[str, Path]], needed: int) -> Iterator[Room]:
    """The disks of these places; each is asked once, and one that is elsewhere is passed over."""
    seen: set[Path] = set()
    for what, place in places:
        if place in seen or not place.exists():
            continue
        seen.add(place)
        found = os.statvfs(place)
        yield Room(
            what=what,
            place=place,
            free=found.f_bavail * found.f_frsize,
            needed=needed,
            files=found.f_favail if found.f_files else None,
        )
