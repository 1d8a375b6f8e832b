"""Hard links in a tar archive that goes by: names that are one file again.

Most members pass as they are. tarfile would take most of an import's time here: it copies the
content several times, and makes each header anew.
"""

import tarfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO

BLOCK = tarfile.BLOCKSIZE
PIECE = 1 << 20
ERRORS = "surrogateescape"
"""Names need not be UTF-8, and attributes are bytes."""

_NAME, _SIZE, _TYPE = slice(0, 100), slice(124, 136), slice(156, 157)
_PREFIX = slice(345, 500)
_AHEAD = frozenset((b"x", b"g", b"L", b"K"))
"""Headers that tell more of the member behind them: attributes, and what is too long for it."""


def relinked(archive: IO[bytes], firsts: Mapping[str, str]) -> Iterator[bytes]:
    """An archive without its end, in large pieces; each name in `firsts` is a link to the other.

    What is cut off ends where it ends: whether that is all, the program knows that writes it.
    """
    waiting, held = list[bytes](), 0
    for piece in _pieces(archive, firsts):
        waiting.append(piece)
        held += len(piece)
        if held >= PIECE:
            yield b"".join(waiting)
            waiting, held = [], 0
    yield b"".join(waiting)


def _pieces(archive: IO[bytes], firsts: Mapping[str, str]) -> Iterator[bytes]:
    while head := _head(archive):
        name, size = _plain(head)
        if name is not None and name not in firsts:
            yield head
        else:
            member = _parsed(head)
            size = member.size
            first = firsts.get(member.name.removeprefix("./"))
            if first is not None:
                member.type, member.size, member.linkname = tarfile.LNKTYPE, 0, f"./{first}"
            yield member.tobuf(tarfile.PAX_FORMAT, "utf-8", ERRORS)
            if first is not None:
                _skip(archive, _padded(size))
                continue
        yield from _read(archive, _padded(size))
    _skip(archive)


def _head(archive: IO[bytes]) -> bytes:
    """The header of the next member with those ahead of it; none at the end."""
    head = b""
    while len(block := archive.read(BLOCK)) == BLOCK and any(block):
        head += block
        if block[_TYPE] not in _AHEAD:
            return head
        head += archive.read(_padded(_number(block[_SIZE])))
    return b""


def _plain(head: bytes) -> tuple[str | None, int]:
    """Name and size by a member's header alone; no name where that does not tell all of it."""
    if len(head) != BLOCK or any(head[_PREFIX]):
        return None, 0
    name = head[_NAME].partition(b"\0")[0]
    return name.decode("utf-8", ERRORS).removeprefix("./"), _number(head[_SIZE])


def _parsed(head: bytes) -> tarfile.TarInfo:
    with tarfile.open(fileobj=BytesIO(head), mode="r:", errors=ERRORS) as tar:
        member = tar.next()
    assert member is not None  # noqa: S101 (for mypy: an archive without one is a ReadError)
    return member


def _number(field: bytes) -> int:
    """A size: octal digits, or from 8 GiB on a number of which the first bit is set."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    return int(field.strip(b"\0 ") or b"0", 8)


def _padded(size: int) -> int:
    return size + -size % BLOCK


def _read(archive: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (piece := archive.read(min(PIECE, size))):
        size -= len(piece)
        yield piece


def _skip(archive: IO[bytes], size: int | None = None) -> None:
    """Read on over so many bytes, or to the end."""
    for _ in _read(archive, size if size is not None else 1 << 63):
        pass
