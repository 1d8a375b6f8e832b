"""Who listens on a socket."""

import errno
import os
import socket
import sys
from pathlib import Path


def listener_of(path: Path) -> int:
    """The id of the process that listens on a socket. Raises `OSError` when none does.

    `ProcessLookupError` is one that this PID namespace does not have: its id would be 0, which
    means something else to kill(2).
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.connect(str(path))
        # struct ucred: pid, uid, gid; see unix(7).
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    if (process := int.from_bytes(credentials[:4], sys.byteorder)) == 0:
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH), str(path))
    return process
