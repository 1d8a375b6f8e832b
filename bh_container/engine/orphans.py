"""Services of our own whose tool was killed before it could end them.

Each service has a directory, in which its tool holds a lock: the kernel releases that however the
tool dies, and whoever comes next cleans up.
"""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bh_container.engine.peer import listener_of

PREFIX = "bh-podman-"
SOCKET = "podman.sock"
_OWNER = "owner"


@contextmanager
def service_directory() -> Iterator[Path]:
    """A directory for a service, for as long as this process lives; those of the dead go."""
    end_orphans(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        # Locked before it has its name: nobody sees a directory whose tool only seems to be dead.
        new = Path(name, f"{_OWNER}.new")
        with new.open("w") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX)
            new.rename(Path(name, _OWNER))
            yield Path(name)


def end_orphans(parent: Path) -> None:
    """End this user's services that nobody owns any more, and remove their directories.

    One in another PID namespace cannot be ended from here, and keeps its directory.
    """
    for directory in parent.glob(f"{PREFIX}*"):
        with suppress(OSError), (directory / _OWNER).open() as owner:
            if os.fstat(owner.fileno()).st_uid == os.geteuid():
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _end(directory)


def _end(directory: Path) -> None:
    try:
        os.kill(listener_of(directory / SOCKET), signal.SIGTERM)
    except ProcessLookupError:
        return
    except OSError:
        pass
    shutil.rmtree(directory, ignore_errors=True)
