"""`latest-stage3-NAME.txt`: which build of a stage3 is the newest.

A listing is comments (`# Latest as of ...`, `# ts=...`) and a line `BUILD/FILE SIZE`. Today it is
clear-signed; the mirrors of old had it bare. What comes in here is the text alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bh_container.seed.refusal import Refused
from bh_container.seed.stage3 import BUILD, FILE, LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The build that a listing names; `size` is in bytes."""

    build: str
    file: str
    size: int


class ListingInvalid(Refused):
    """A listing that does not name a stage3 in its place."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"{url}: {what}", remedy="give another mirror (setting tarball_mirror)")


def parse_listing(text: str, url: str, names: Sequence[str]) -> Listed:
    """The newest build of a stage3 of one of these names; raises `ListingInvalid`."""
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    found = [_read(words, url, names) for words in lines if words]
    if not found:
        raise ListingInvalid(url, "is empty")
    return max(found, key=lambda listed: listed.build)


def _read(words: Sequence[str], url: str, names: Sequence[str]) -> Listed:
    path = words[0]
    if path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise ListingInvalid(url, f"names {path!r}, which is outside of the mirror's tree")
    build, _, file = path.partition("/")
    if len(words) != 2 or not BUILD.fullmatch(build) or not FILE.fullmatch(file):
        raise ListingInvalid(url, f"is no listing of stage3s: {' '.join(words)[:60]!r}")
    if not any(file.startswith(f"stage3-{name}-{build}.tar") for name in names):
        raise ListingInvalid(url, f"names {file!r}, which is not the stage3 that was asked for")
    if not re.fullmatch(r"[0-9]{1,18}", words[1]) or not 0 < int(words[1]) <= LARGEST:
        raise ListingInvalid(url, f"gives {file!r} the size {words[1]!r}")
    return Listed(build=build, file=file, size=int(words[1]))
