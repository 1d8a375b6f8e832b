"""What an image hides of those below it, by the rules of overlayfs.

https://docs.kernel.org/filesystems/overlayfs.html: directories merge, and the topmost gives the
mode; anything else takes the place of what is below; a character device 0/0 (a whiteout) removes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bh_container.output.squashfs import Entry, Kind

Layer = tuple[str, Mapping[str, Entry]]
"""An image's name, and its entries by path."""
_WHITEOUT = "c 0 0"
_WORDS = {Kind.DIRECTORY: "directory", Kind.FILE: "file", Kind.LINK: "link"}


class Effect(StrEnum):
    """What comes of one path."""

    NEW = "new"
    REPLACES = "replaces"
    CHANGES = "changes"
    HIDES = "hides"
    REMOVES = "removes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """`image` is the topmost that has the path too; `detail` says what becomes of what it has."""

    path: str
    effect: Effect
    image: str | None = None
    detail: str = ""

    def __str__(self) -> str:
        place = f"  {self.image}" if self.image else ""
        return f"{self.effect:<8}  /{self.path}{place}" + (
            f": {self.detail}" if self.detail else ""
        )


def shadows(top: Mapping[str, Entry], layers: Sequence[Layer]) -> Iterator[Shadow]:
    """What `top` does to the layers below it, which come topmost first.

    A directory that merges with another of the same mode is left out.
    """
    for path, entry in sorted(top.items()):
        image, below = _below(path, layers)
        shadow = _shadow(entry, image, below, layers)
        if shadow is not None:
            yield shadow


def _below(path: str, layers: Sequence[Layer]) -> tuple[str, Entry] | tuple[None, None]:
    return next(((name, each[path]) for name, each in layers if path in each), (None, None))


def _shadow(
    entry: Entry, image: str | None, below: Entry | None, layers: Sequence[Layer]
) -> Shadow | None:
    removes = entry.kind is Kind.NODE and entry.rest == _WHITEOUT
    if below is None:
        merges = entry.kind is Kind.DIRECTORY or removes
        return None if merges else Shadow(path=entry.path, effect=Effect.NEW)
    if removes:
        return Shadow(path=entry.path, effect=Effect.REMOVES, image=image)
    if entry.kind is Kind.DIRECTORY and below.kind is Kind.DIRECTORY:
        return _merged(entry, image, below)
    if Kind.DIRECTORY in (entry.kind, below.kind):
        detail = f"{_word(below)}{_extent(below, layers)} gives way to {_word(entry)}"
        return Shadow(path=entry.path, effect=Effect.HIDES, image=image, detail=detail)
    return Shadow(path=entry.path, effect=Effect.REPLACES, image=image)


def _merged(entry: Entry, image: str | None, below: Entry) -> Shadow | None:
    if (entry.mode, entry.owner) == (below.mode, below.owner):
        return None
    old, new = (f"{one.mode:04o} {one.owner[0]}:{one.owner[1]}" for one in (below, entry))
    detail = f"{old} becomes {new}"
    return Shadow(path=entry.path, effect=Effect.CHANGES, image=image, detail=detail)


def _word(entry: Entry) -> str:
    return _WORDS.get(entry.kind, "special file")


def _extent(entry: Entry, layers: Sequence[Layer]) -> str:
    """Where a link leads, or how much a directory holds in all layers."""
    if entry.kind is Kind.LINK:
        return f" to {entry.rest}"
    if entry.kind is Kind.DIRECTORY:
        inside = {path for _, each in layers for path in each if path.startswith(f"{entry.path}/")}
        return f" of {len(inside)}"
    return ""
