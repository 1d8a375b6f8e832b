"""Commands that run in a container, their output and their exit status.

The format of the stream is that of Docker's attach: frames of one byte that says which stream,
three bytes of nothing, the length in four bytes (big endian), and then so many bytes.
https://docs.podman.io/en/latest/_static/api.html#tag/exec/operation/ExecStartLibpod
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bh_container.engine.api import Api, Json, path_of
from bh_container.engine.protocol import EngineLost, OutputSink

HEADER = struct.Struct(">B3xL")

Read = Callable[[int], bytes]
"""Reads at most so many bytes; none means the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run; `directory` is the container's own where it is None."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str | None = None


def execute(api: Api, container: str, command: Command, output: OutputSink | None) -> int:
    """Run a command to its end. When the caller is interrupted, the command runs on."""
    session = str(
        api.ask("POST", path_of("containers", container, "exec"), body=_body(command))["Id"]
    )
    generation = api.service.generation
    _follow(api, session, output)
    return _status(api, session, generation)


def _body(command: Command) -> Json:
    body: Json = {
        "AttachStdout": True,
        "AttachStderr": True,
        "Privileged": True,
        "Cmd": list(command.words),
        "Env": [f"{name}={value}" for name, value in command.environment.items()],
    }
    return {**body, "WorkingDir": command.directory} if command.directory else body


def _follow(api: Api, session: str, output: OutputSink | None) -> None:
    """Start a command and hand on its output until the stream ends."""
    with api.answer("POST", path_of("exec", session, "start"), body={}, stream=True) as answer:
        answer.refuse()
        for piece in pieces(answer.read):
            if output:
                output(piece)


def _status(api: Api, session: str, generation: int) -> int:
    """The exit status, if it can be believed.

    A service that is killed ends the stream as cleanly as a command that is done; a service that
    is started again makes up a status. So both must be the same service, and the command over.
    """
    with api.answer("GET", path_of("exec", session, "json")) as answer:
        if answer.absent:
            raise EngineLost("the container was removed while a command was running in it")
        found = answer.content()
        if found["Running"] or api.service.generation != generation:
            raise EngineLost(
                "Podman's service ended while a command was running",
                remedy="the command may still run in its container; run the same command again",
            )
        return int(found["ExitCode"])


def pieces(read: Read) -> Iterator[bytes]:
    """The payload of each frame, stdout and stderr alike; raises `EngineLost` on half a frame."""
    while header := _exactly(HEADER.size, read):
        _, length = HEADER.unpack(header)
        piece = _exactly(length, read)
        if len(piece) < length:
            raise _broken()
        yield piece


def _exactly(size: int, read: Read) -> bytes:
    """So many bytes, or none at the end of the stream."""
    parts: list[bytes] = []
    missing = size
    while missing and (part := read(missing)):
        parts.append(part)
        missing -= len(part)
    if missing and parts:
        raise _broken()
    return b"".join(parts)


def _broken() -> EngineLost:
    return EngineLost("Podman's output ended in the middle of a piece")


def words_of(command: Sequence[str]) -> tuple[str, ...]:
    """The words of a command; a single string would be taken apart into letters."""
    if isinstance(command, str):
        raise TypeError(f"a command is a list of words, not {command!r}")
    return tuple(command)
