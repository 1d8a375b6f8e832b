"""Who listens on a socket."""

import socket
import sys
from pathlib import Path


def listener_of(path: Path) -> int:
    """The id of the process that listens on a socket. Raises `OSError` when none does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.connect(str(path))
        # struct ucred: pid, uid, gid; see unix(7).
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[:4], sys.byteorder)
