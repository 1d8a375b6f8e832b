"""Hearing of changes to files by inotify(7), for which Python has no module."""

import ctypes
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MODIFY, _CLOSE_WRITE, _MOVED_TO, _CREATE = 0x2, 0x8, 0x80, 0x100
_MASK = _MODIFY | _CLOSE_WRITE | _MOVED_TO | _CREATE
_ENOUGH = 65536
"""More than one event with the longest file name, which is the least that read(2) takes."""


@contextmanager
def changes(*paths: Path) -> Iterator[int]:
    """A descriptor that can be read once a file was written, closed by a writer, or has appeared.

    For a directory this is about the files in it. Raises OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = _checked(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    try:
        for path in paths:
            _checked(libc.inotify_add_watch(descriptor, os.fsencode(path), _MASK), path)
        yield descriptor
    finally:
        os.close(descriptor)


def wait(changed: int, *others: int) -> None:
    """Sleep until something has changed, or one of the other descriptors can be read."""
    readable, _, _ = select.select([changed, *others], [], [])
    if changed in readable:
        os.read(changed, _ENOUGH)


def _checked(result: int, path: Path | None = None) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path and str(path))
    return result
