"""`FILE.DIGESTS` and `FILE.sha256`: the hashes that a mirror publishes beside a file.

A line `# NAME HASH` says what the lines `HEX  FILE` below it are: catalyst writes them so.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from bh_container.engine.protocol import TransferSink
from bh_container.seed.place import PARTIAL
from bh_container.seed.refusal import Refused

ALGORITHMS = {"SHA512": "sha512", "SHA256": "sha256", "BLAKE2B": "blake2b"}
"""Gentoo's names of hashes and those of `hashlib`."""

PIECE = 1 << 20
_HEADER = re.compile(r"#\s+(\w+)\s+HASH\s*")
_ENTRY = re.compile(r"([0-9A-Fa-f]{64,128})\s+\*?(\S+)\s*")
_AGAIN = "fetch it again, or from another mirror (setting tarball_mirror)"


class DigestsInvalid(Refused):
    """A file of digests that says nothing of the file that it lies beside."""

    def __init__(self, url: str, file: str, others: set[str]) -> None:
        what = f"has digests of {', '.join(sorted(others))}" if others else "has no digests"
        super().__init__(f"{url}: {what}, and none of {file}", remedy=_AGAIN)


class ContentWrong(Refused):
    """A file whose size or hash is another than was published."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(f"{file.name.removesuffix(PARTIAL)}: {what}", remedy=_AGAIN)


def parse_digests(text: str, url: str, file: str) -> Mapping[str, str]:
    """The digests of `file`, by Gentoo's name of the hash; raises `DigestsInvalid` without any."""
    found: dict[str, str] = {}
    others: set[str] = set()
    algorithm = ""
    for line in text.splitlines():
        if header := _HEADER.fullmatch(line):
            algorithm = header[1]
        elif (entry := _ENTRY.fullmatch(line)) and algorithm in ALGORITHMS:
            if entry[2] == file:
                found[algorithm] = entry[1].lower()
            else:
                others.add(entry[2])
    if not found:
        raise DigestsInvalid(url, file, others)
    return found


def check_content(
    file: Path, size: int, digests: Mapping[str, str], progress: TransferSink | None = None
) -> None:
    """Raise `ContentWrong` where the file has not this size and these digests."""
    actual = file.stat().st_size
    if actual != size:
        raise ContentWrong(file, f"has {actual} bytes where {size} were published")
    with file.open("rb") as opened:
        seen = _digests(opened, size, digests, progress)
    for name, wanted in digests.items():
        if seen[name] != wanted:
            raise ContentWrong(file, f"its {name} is not the one that was published")


def sha512_of(file: Path) -> str:
    """The SHA-512 of a file, in small hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha512").hexdigest()


def _digests(
    file: BinaryIO, size: int, names: Mapping[str, str], progress: TransferSink | None
) -> Mapping[str, str]:
    totals = {name: hashlib.new(ALGORITHMS[name]) for name in names}
    while piece := file.read(PIECE):
        for total in totals.values():
            total.update(piece)
        if progress:
            progress(file.tell(), size)
    return {name: total.hexdigest() for name, total in totals.items()}
