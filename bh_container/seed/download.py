"""Fetching from a mirror by HTTP: with retries and resumption, and never more than is expected.

Proxies and certificates are those of the environment (`https_proxy`, `REQUESTS_CA_BUNDLE`).
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from bh_container import __version__
from bh_container.engine.protocol import TransferSink
from bh_container.seed.refusal import Refused

PIECE = 1 << 16
"""What a broken connection may cost: urllib3 keeps a piece to itself until it is whole."""

TOLD = 1 << 20
"""After how many bytes it is told again how far a download is."""

REDIRECTS = 8
PASSING = (429, 500, 502, 503, 504)
"""Answers of a server that may answer otherwise a moment later."""

_OTHER = "give another mirror (setting tarball_mirror)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`connect` and `silence` are the seconds after which a server counts as dead; `tries` is how
    often in turn something may fail, with `pause` seconds between, each time twice as many."""

    connect: float = 10
    silence: float = 60
    tries: int = 4
    pause: float = 0.5


class DownloadFailed(Refused):
    """A mirror that does not hand over what was asked for."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"{url}: {what}", remedy=_OTHER)


class NotThere(DownloadFailed):
    """The mirror has no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Connections to servers, kept open between requests."""

    session: requests.Session
    patience: Patience


@contextmanager
def open_web(patience: Patience) -> Iterator[Web]:
    """Connections, closed at the end. How long a server asks to be left alone is not heeded."""
    retry = Retry(
        total=patience.tries - 1,
        status_forcelist=PASSING,
        backoff_factor=patience.pause,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        # Bytes as they lie on the server: what a range counts, and what was signed.
        session.headers["Accept-Encoding"] = "identity"
        session.headers["User-Agent"] = f"bh-container/{__version__}"
        yield Web(session=session, patience=patience)


def read_url(web: Web, url: str, limit: int) -> bytes:
    """A small file of at most `limit` bytes."""
    for _ in range(web.patience.tries):
        content = bytearray()
        try:
            with closing(_open(web, url)) as response:
                for piece in _pieces(response, url):
                    content += piece
                    if len(content) > limit:
                        raise DownloadFailed(url, f"has no end: more than {limit} bytes")
                if _total(response, 0) in (None, len(content)):
                    return bytes(content)
        except HTTPError as error:
            failure = _words(error)
        else:
            failure = "the connection ended too early"
    raise DownloadFailed(url, failure)


def download(
    web: Web, url: str, partial: Path, size: int, progress: TransferSink | None = None
) -> None:
    """Fetch a file of `size` bytes, going on from what `partial` has of it.

    A connection that breaks is made again for as long as each brings something. What is there at
    the end has the right size, and is not checked otherwise.
    """
    with partial.open("ab") as file:
        fruitless, failure = 0, "the connection ended too early"
        while (before := file.tell()) != size:
            try:
                _append(web, url, file, size, progress)
            except HTTPError as error:
                failure = _words(error)
            fruitless = 0 if file.tell() > before else fruitless + 1
            if fruitless == web.patience.tries:
                raise DownloadFailed(url, f"{failure}, after {file.tell()} of {size} bytes")
        file.flush()
        os.fsync(file.fileno())


def _append(web: Web, url: str, file: BinaryIO, size: int, progress: TransferSink | None) -> None:
    have = file.tell() if file.tell() < size else 0
    with closing(_open(web, url, start=have)) as response:
        total = _total(response, have)
        if response.status_code != requests.codes.partial_content:
            have = 0  # The server knows nothing of ranges: from the beginning.
        pieces = _pieces(response, url)
        first = next(pieces, b"")  # This tells a web page from a file of another size.
        if total is not None and total != size:
            kind = "truncated" if total < size else "another file"
            raise DownloadFailed(url, f"is {kind}: it has {total} bytes, and should have {size}")
        file.seek(have)
        file.truncate()
        told = have
        for piece in chain((first,), pieces):
            if file.tell() + len(piece) > size:
                file.truncate(0)
                raise DownloadFailed(url, f"has no end: more than the {size} bytes it should have")
            file.write(piece)
            if progress and (file.tell() - told >= TOLD or file.tell() == size):
                told = file.tell()
                progress(told, size)


def _open(web: Web, url: str, start: int = 0) -> requests.Response:
    """The answer to a request, after its redirections; raises `DownloadFailed` for a refusal."""
    asked = url
    for _ in range(REDIRECTS):
        response = _request(web, url, start)
        if not response.is_redirect:
            return _accepted(response, asked)
        target = urljoin(url, response.headers["Location"])
        response.close()
        if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
            raise DownloadFailed(asked, f"leads from https to {target}, which anyone can change")
        url = target
    raise DownloadFailed(asked, f"leads on and on, last to {url}")


def _request(web: Web, url: str, start: int) -> requests.Response:
    try:
        return web.session.get(
            url,
            headers={"Range": f"bytes={start}-"} if start else {},
            stream=True,
            timeout=(web.patience.connect, web.patience.silence),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise DownloadFailed(url, _words(error)) from error


def _accepted(response: requests.Response, url: str) -> requests.Response:
    status = response.status_code
    if status in (requests.codes.ok, requests.codes.partial_content):
        return response
    response.close()
    if status == requests.codes.not_found:
        raise NotThere(url, "there is no such file on the mirror")
    raise DownloadFailed(url, f"the mirror answers {status} {response.reason}")


def _pieces(response: requests.Response, url: str) -> Iterator[bytes]:
    """The body as it was sent; raises `DownloadFailed` for a page that is meant for people."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    first = response.status_code == requests.codes.ok
    for piece in response.raw.stream(PIECE, decode_content=False):
        page = piece.lstrip()[:9].lower().startswith((b"<!doctype", b"<html"))
        if first and (page or kind in ("text/html", "application/xhtml+xml")):
            raise DownloadFailed(url, "is a web page: the mirror shows an error or a login")
        first = False
        yield piece


def _total(response: requests.Response, start: int) -> int | None:
    """How large the whole file is, where the server says so."""
    if response.status_code != requests.codes.partial_content:
        return _number(response.headers.get("Content-Length", ""))
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    place, _, total = rest.partition("/")
    if unit != "bytes" or not place.startswith(f"{start}-"):
        raise DownloadFailed(response.url, f"sends the range {place!r}, not that from {start}")
    return _number(total)


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _words(error: BaseException) -> str:
    """The innermost reason: requests and urllib3 wrap what the system said several times."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return getattr(error, "strerror", None) or str(error)
