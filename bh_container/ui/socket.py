"""The socket between a running build and those who attach to it: one JSON object per line.

It has a name and no file (unix(7), "abstract"), so however its process ends, nothing is left. Who
is at the other end is asked of the kernel: nobody else's process is let in, or believed.
"""

import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Message = Mapping[str, Any]
_CREDENTIALS = struct.Struct("iII")
"""`struct ucred`: process, user, group."""


def name_of(root: Path, pid: int) -> str:
    """Where the process `pid` that builds in the project at `root` is to be found."""
    status = root.stat()
    return f"\0bh-container/{status.st_dev:x}-{status.st_ino:x}/{pid}"


def listen(name: str) -> socket.socket:
    """A socket of that name. Raises OSError when it is taken."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(name)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


class Line:
    """A connection to another process of this user."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = connection.makefile("r", encoding="utf-8", newline="\n")
        self.pid, self.user, _ = _CREDENTIALS.unpack(
            connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )

    @classmethod
    def to(cls, name: str) -> "Line":
        """A connection to who listens there. Raises OSError when nobody does."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(name)
        except OSError:
            connection.close()
            raise
        return cls(connection)

    @property
    def trusted(self) -> bool:
        """Whether the other end is this user's, or root's."""
        return self.user in (0, os.geteuid())

    def send(self, message: Message) -> None:
        """Hand on a message. Raises OSError when the other end is gone."""
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def messages(self) -> Iterator[Message]:
        """What the other end says, until it is gone."""
        with suppress(OSError, ValueError):
            for line in self._reader:
                yield json.loads(line)

    def hang_up(self) -> None:
        """End the connection; who waits for messages hears that."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Release it."""
        self._reader.close()
        self._connection.close()
