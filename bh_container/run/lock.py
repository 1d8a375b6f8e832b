"""One writer at a time for a unit: its journal, its container, its overlays.

The lock is one of an open file description (`F_OFD_SETLK`, fcntl_locking(2)): the kernel releases
it when its holder dies, however it dies. Unlike that of flock(2) it can be asked about without
being taken (`F_OFD_GETLK`), so no onlooker makes a builder fail. It covers as many bytes as the
holder's process id says: whoever is refused learns the holder in the same moment, and never reads
the id of the one before. The file's content is for people.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bh_container.errors import BhError

STORE = "store"
"""The lock that whoever makes images shares, and whoever removes them has alone."""

_FLOCK = struct.Struct("hhqqi0q")
"""`struct flock` with 64-bit offsets: type, whence, start, length, process id, padding."""


class Busy(BhError):
    """Another process works on the same unit."""

    def __init__(self, unit: str, holder: str) -> None:
        super().__init__(
            f"{unit}: process {holder} is working on it",
            remedy="wait for it to end, or stop it with Ctrl-C in its terminal",
        )


@contextmanager
def exclusive(unit: str, file: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of a unit; raise `Busy`, naming the holder, when another process has it.

    With `wait`, for what takes a moment only, the call returns when the other has given it up.
    """
    how = fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="ascii") as lock:
        try:
            fcntl.fcntl(lock, how, _request(fcntl.F_WRLCK, os.getpid()))
        except BlockingIOError:
            raise Busy(unit, str(_ask(lock) or "(unknown)")) from None
        with suppress(OSError):
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), str(os.getpid()).encode())
        try:
            yield
        finally:
            # The kernel tells inotify that a file is closed before it gives up the file's locks:
            # who waits for the one would find the other.
            fcntl.fcntl(lock, fcntl.F_OFD_SETLK, _request(fcntl.F_UNLCK, os.getpid()))


@contextmanager
def shared(file: Path) -> Iterator[None]:
    """Hold a lock together with all others who only share it; wait for who has it alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as lock:
        fcntl.fcntl(lock, fcntl.F_OFD_SETLKW, _request(fcntl.F_RDLCK, os.getpid()))
        try:
            yield
        finally:
            fcntl.fcntl(lock, fcntl.F_OFD_SETLK, _request(fcntl.F_UNLCK, os.getpid()))


def holder(file: Path) -> int | None:
    """The process that holds the lock of a unit; neither takes the lock nor makes the file."""
    try:
        with file.open(encoding="ascii") as lock:
            return _ask(lock)
    except FileNotFoundError:
        return None


def _ask(lock: TextIO) -> int | None:
    answer = fcntl.fcntl(lock, fcntl.F_OFD_GETLK, _request(fcntl.F_WRLCK, 1))
    kind, _, _, length, _ = _FLOCK.unpack(answer)
    return None if kind == fcntl.F_UNLCK else length


def _request(kind: int, length: int) -> bytes:
    return _FLOCK.pack(kind, os.SEEK_SET, 0, length, 0)
