"""A release mirror: what Gentoo's serve, in memory, behind a real HTTP server on the loopback."""

import hashlib
import io
import random
import re
import socket
import ssl
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.conftest import member
from tests.seed.signer import Key, Signer

BUILD = "20261122T163048Z"
OLDER = "20261115T163048Z"
NAME = "amd64-musl-openrc"


def make_tar(*names: str) -> bytes:
    """A tar with these members, and enough of something that cannot be packed."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name in ("./", "./etc/", *names):
            tar.addfile(member(name, tarfile.DIRTYPE))
        file = member("./etc/noise", tarfile.REGTYPE)
        file.size = 300_000
        tar.addfile(file, io.BytesIO(random.Random(1).randbytes(file.size)))
    return stream.getvalue()


TAR = make_tar()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One stage3 of a mirror."""

    content: bytes = TAR
    build: str = BUILD
    name: str = NAME
    suffix: str = "tar"

    @property
    def file(self) -> str:
        return f"stage3-{self.name}-{self.build}.{self.suffix}"

    @property
    def path(self) -> str:
        return f"/releases/amd64/autobuilds/{self.build}/{self.file}"

    @property
    def listing(self) -> str:
        return f"/releases/amd64/autobuilds/latest-stage3-{self.name}.txt"

    @property
    def listed(self) -> str:
        """The listing's text."""
        return (
            "# Latest as of Sun, 22 Nov 2026 20:00:01 +0000\n# ts=1795377601\n"
            f"{self.build}/{self.file} {len(self.content)}\n"
        )

    @property
    def digests(self) -> str:
        """The text of DIGESTS."""
        return (
            f"# SHA512 HASH\n{hashlib.sha512(self.content).hexdigest()}  {self.file}\n"
            f"# BLAKE2B HASH\n{hashlib.blake2b(self.content).hexdigest()}  {self.file}\n"
            f"# SHA512 HASH\n{'0' * 128}  {self.file}.CONTENTS.gz\n"
        )

    def files(self, signer: Signer, key: Key) -> dict[str, bytes]:
        """All that a mirror has of it, by path."""
        sha256 = f"# SHA256 HASH\n{hashlib.sha256(self.content).hexdigest()}  {self.file}\n"
        return {
            self.listing: signer.clear_sign(key, self.listed),
            self.path: self.content,
            f"{self.path}.asc": signer.sign(key, self.content),
            f"{self.path}.DIGESTS": signer.clear_sign(key, self.digests),
            f"{self.path}.sha256": signer.clear_sign(key, sha256),
        }


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    path: str
    headers: dict[str, str]


Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Server:
    """The files that it has, by path; what it does instead for some of them; what it was asked."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    instead: dict[str, Behaviour] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    sent: int = 0

    def asked(self, path: str) -> list[Request]:
        """The requests for one path."""
        return [request for request in self.requests if request.path == path]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = handler.path.partition("?")[0]
        if path.startswith("http://"):  # as a proxy is asked
            path = "/" + path.split("/", 3)[3]
        self.requests.append(Request(path, dict(handler.headers)))
        if path in self.instead:
            self.instead[path](handler)
        elif path in self.files:
            self.send(handler, self.files[path])
        else:
            handler.send_error(404)

    def send(
        self, handler: BaseHTTPRequestHandler, content: bytes, stop: int | None = None
    ) -> None:
        """Send a file or the range that was asked for; break off after `stop` bytes of it."""
        found = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(found[1]) if found else 0
        handler.send_response(206 if found else 200)
        if found:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        part = content[start:][:stop]
        self.sent += len(part)
        handler.wfile.write(part)
        if stop is not None:
            handler.close_connection = True


def drops(server: Server, path: str, times: int, after: int = 100_000) -> Behaviour:
    """Break off the connection so many times, each time after so many bytes."""
    left = iter(range(times))

    def drop(handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, server.files[path], after if next(left, None) is not None else None)

    return drop


def says(content: bytes, kind: str = "application/octet-stream", status: int = 200) -> Behaviour:
    """Send this, whatever was asked for."""

    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return say


def leads_to(target: str) -> Behaviour:
    """Redirect."""

    def lead(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return lead


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send for as long as somebody listens."""
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    while True:
        handler.wfile.write(bytes(1 << 16))


class _Listener(ThreadingHTTPServer):
    """Does not print what a client that hangs up causes."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def serve(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server without files, each request in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with _Listener(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        if tls:
            listener.socket = tls.wrap_socket(listener.socket, server_side=True)
        scheme = "https" if tls else "http"
        server = Server(f"{scheme}://127.0.0.1:{listener.server_address[1]}")
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def closed_port() -> str:
    """The address of a server that is dead."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def bare(files: dict[str, bytes], texts: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """The files, with these texts unsigned."""
    return files | {path: text.encode() for path, text in texts}
