"""The directory where seeds are kept: names that appear only when the files are whole."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bh_container.durable import move_durably, sync
from bh_container.errors import BhError
from bh_container.events import Listener, Note

UNIT = "host"
"""The unit that what happens to a seed is told of."""

PARTIAL = ".part"


@contextmanager
def alone_in(directory: Path, tell: Listener) -> Iterator[None]:
    """Hold a directory for this process; wait while another one works in it.

    What the system refuses there (a full disk) becomes a `BhError`.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell(Note(unit=UNIT, text=f"waiting for another download into {directory}"))
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise BhError(
            f"{error.filename or directory}: {error.strerror}",
            remedy="make room there; the same command goes on with what has been downloaded",
        ) from error


def write_whole(file: Path, content: bytes) -> None:
    """Write a file that is there with all its content or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(file)
    partial.write_bytes(content)
    sync(partial)
    move_durably(partial, file)


def partial_of(file: Path) -> Path:
    """The name that a file has until it is whole and verified."""
    return file.with_name(f"{file.name}{PARTIAL}")
