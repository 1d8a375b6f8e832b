"""One writer at a time for a unit: its journal, its container, its overlays."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bh_container.errors import BhError


class Busy(BhError):
    """Another process works on the same unit."""

    def __init__(self, unit: str, holder: str) -> None:
        super().__init__(
            f"{unit}: process {holder} is working on it",
            remedy="wait for it to end, or stop it with Ctrl-C in its terminal",
        )


@contextmanager
def exclusive(unit: str, file: Path) -> Iterator[None]:
    """Hold the lock of a unit; raise `Busy`, naming the holder, when another process has it.

    The kernel releases the lock when its holder dies, however it dies.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Busy(unit, lock.read().strip() or "(unknown)") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
