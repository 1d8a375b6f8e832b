"""Podman's HTTP interface, as `podman-py` carries it.

podman-py's client gives the transport; its higher layers lose exit statuses, errors and owners
(https://github.com/containers/podman-py), so the requests are made here, one function per noun.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import requests
from podman.api.client import APIClient, APIResponse
from podman.api.uds import UDSConnection, UDSConnectionPool, UDSSocket
from urllib3.exceptions import HTTPError

from bh_container.engine.protocol import EngineError, EngineLost
from bh_container.engine.service import Service

API_VERSION = "4.0.0"
"""What Podman 4 and 5 both speak. podman-py would otherwise ask for a version of its own."""

TIMEOUT = (10, None)
"""Seconds to connect and to wait for an answer; a commit or an import may take minutes."""

Json = dict[str, Any]
Parameters = Mapping[str, str | Sequence[str]]


class _Connection(UDSConnection):
    """podman-py's connection, but a socket that cannot connect is closed and not left behind."""

    def connect(self) -> None:
        socket: Any = UDSSocket(self.uds)
        socket.settimeout(self.timeout)
        try:
            socket.connect()
        except BaseException:
            socket.close()
            raise
        self.sock = socket


class _ConnectionPool(UDSConnectionPool):
    ConnectionCls = _Connection


def open_client(url: str) -> APIClient:
    """A client of its own connection; not to be used by two threads at once."""
    client = APIClient(base_url=url, version=API_VERSION)
    adapter: Any = client.get_adapter("http://")
    adapter.poolmanager.pool_classes_by_scheme = {"http": _ConnectionPool}
    return client


def path_of(noun: str, name: str, verb: str = "") -> str:
    """The path of a request about one thing; a name may hold what an URL may not."""
    return "/".join(filter(None, (noun, quote(name, safe="/:@"), verb)))


class Api:
    """Requests to one service. Threads may share it: each request has a client to itself."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._idle: list[APIClient] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every idle connection; the object can still be used afterwards."""
        with self._lock:
            idle, self._idle = self._idle, []
        for client in idle:
            client.close()

    @contextmanager
    def _client(self) -> Iterator[APIClient]:
        with self._lock:
            client = self._idle.pop() if self._idle else open_client(self.service.url)
        try:
            yield client
        except BaseException:
            client.close()
            raise
        with self._lock:
            self._idle.append(client)

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """A service that is about to end has ended when the caller hears of it."""
        try:
            yield
        except EngineLost:
            self.service.settle()
            raise

    @contextmanager
    def answer(
        self,
        method: str,
        path: str,
        *,
        params: Parameters | None = None,
        body: Json | None = None,
        data: object = None,
        stream: bool = False,
    ) -> Iterator["Answer"]:
        """The answer to a request, whatever its status; it is closed at the end.

        Does not start a service that has ended: see `ask`. Raises `EngineLost` when the
        connection breaks.
        """
        options: Json = {"params": params, "stream": stream, "timeout": TIMEOUT, "data": data}
        if body is not None:
            options["data"] = json.dumps(body).encode()
            options["headers"] = {"Content-Type": "application/json"}
        with self._settled(), self._client() as client:
            send = {"GET": client.get, "POST": client.post, "DELETE": client.delete}[method]
            with _lost(self.service.url):
                response = send(path, **options)
            try:
                yield Answer(response, self.service.url)
            finally:
                response.close()

    def do(
        self,
        method: str,
        path: str,
        *,
        params: Parameters | None = None,
        absent: bool = False,
    ) -> None:
        """Have something done; what Podman answers beside success is not looked at.

        Like `ask`, starts our own service again where it has ended, raises `EngineError` for a
        refusal, and with `absent` takes it for an answer that there is no such thing.
        """
        self.service.ensure()
        with self.answer(method, path, params=params) as answer:
            if not (absent and answer.absent):
                answer.refuse()

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Parameters | None = None,
        body: Json | None = None,
        data: object = None,
        absent: bool = False,
    ) -> Any:
        """The JSON that Podman answers with; None where, with `absent`, there is no such thing."""
        self.service.ensure()
        with self.answer(method, path, params=params, body=body, data=data) as answer:
            return None if absent and answer.absent else answer.content()


class Answer:
    """An answer that may still be on its way."""

    def __init__(self, response: APIResponse, url: str) -> None:
        self._response = response
        self._url = url

    @property
    def absent(self) -> bool:
        """Whether Podman says that there is no such thing."""
        return bool(self._response.status_code == requests.codes.not_found)

    def refuse(self) -> None:
        """Raise `EngineError` with Podman's own words when the answer is that something failed."""
        with _lost(self._url):
            failed = self._response.status_code >= requests.codes.bad_request
            text = self._response.text if failed else ""
        if failed:
            raise EngineError(f"Podman: {_message(text)}")

    def content(self) -> Any:
        """The JSON of an answer that is not a refusal."""
        self.refuse()
        with _lost(self._url):
            text = self._response.text
        try:
            return json.loads(text)
        except ValueError:
            raise EngineError(f"Podman's answer makes no sense: {text[:200]!r}") from None

    def read(self, size: int) -> bytes:
        """At most so many bytes of a stream; none at its end."""
        with _lost(self._url):
            return bytes(self._response.raw.read(size))


def _message(text: str) -> str:
    """What Podman says in an answer of an error; it is JSON unless something else answered."""
    try:
        found = json.loads(text)
        return str(found["message"])
    except (ValueError, KeyError, TypeError):
        return text.strip() or "no reason given"


@contextmanager
def _lost(url: str) -> Iterator[None]:
    """Turn every way in which a connection can break into `EngineLost`."""
    try:
        yield
    except (OSError, HTTPError) as error:
        raise EngineLost(
            f"the connection to Podman's service at {url} broke",
            remedy="what it started in containers may still run; run the same command again",
        ) from error
