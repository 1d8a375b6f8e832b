"""A disk without room: no bug, and nothing that was finished is lost by it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from bh_container.errors import BhError
from bh_container.events import Event, Listener, StepOutput

NO_SPACE = "No space left on device"
"""strerror(ENOSPC), which is how every program in a container says it."""


class DiskFull(BhError):
    """Something could not be written, for want of room."""

    exit_status = 3

    def __init__(self, what: str) -> None:
        super().__init__(
            f"no space is left on the disk: {what}",
            remedy="make room (df says where) and run the same command again; it goes on from here",
        )


@contextmanager
def room_needed() -> Iterator[None]:
    """Raise `DiskFull` where the system says so; other errors pass."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(str(error.filename or "the project's volumes/")) from error


class SpaceWatch:
    """Passes events on; `full` once a step has said that a disk has no room."""

    def __init__(self, tell: Listener) -> None:
        self._tell = tell
        self.full = False

    def __call__(self, event: Event) -> None:
        """Look at the event and pass it on."""
        if isinstance(event, StepOutput) and NO_SPACE in event.line:
            self.full = True
        self._tell(event)
