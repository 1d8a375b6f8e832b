"""How a setting's value is read: each parser makes a typed value of what was written, or raises
ValueError with what it expected instead."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

Raw: TypeAlias = "str | list[Raw] | dict[str, Raw]"
T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_TRUE = frozenset({"yes", "on", "true", "1"})
_FALSE = frozenset({"no", "off", "false", "0"})
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_SIZE = re.compile(r"[1-9][0-9]*[kKmMgGtT%]?")


def text(raw: Raw) -> str:
    """Anything on one line."""
    if not isinstance(raw, str) or "\n" in raw or "\0" in raw:
        raise ValueError("one line of text")
    return raw.strip()


def word(raw: Raw) -> str:
    """Something without white space."""
    if not isinstance(raw, str) or len(raw.split()) != 1 or "\0" in raw:
        raise ValueError("one word")
    return raw.strip()


def words(raw: Raw) -> tuple[str, ...]:
    """Words with spaces between them, or a list of words."""
    if isinstance(raw, str) and "\0" not in raw:
        return tuple(raw.split())
    if not isinstance(raw, list):
        raise ValueError("a list of words")
    return tuple(word(item) for item in raw)


def urls(raw: Raw) -> tuple[str, ...]:
    """At least one address of a web server."""
    found = words(raw)
    if not found or not all(re.match(r"https?://[^/]", url) for url in found):
        raise ValueError("addresses that begin with https:// or http://")
    return found


def fingerprints(raw: Raw) -> tuple[str, ...]:
    """At least one fingerprint of an OpenPGP key, whole: a key id can be forged."""
    found = tuple(fingerprint.upper() for fingerprint in words(raw))
    if not found or not all(_FINGERPRINT.fullmatch(fingerprint) for fingerprint in found):
        raise ValueError("fingerprints of 40 hexadecimal digits, without spaces in them")
    return found


def named_words(raw: Raw) -> Mapping[str, tuple[str, ...]]:
    """Lists of words, each with a name."""
    if not isinstance(raw, dict):
        raise ValueError("names with a list of words each")
    return {name: words(value) for name, value in raw.items()}


def path(raw: Raw) -> Path:
    if not isinstance(raw, str) or not raw.strip() or "\0" in raw:
        raise ValueError("a path")
    return Path(raw.strip())


def positive(raw: Raw) -> int:
    """A whole number from 1 on."""
    digits = raw.strip() if isinstance(raw, str) else ""
    if not re.fullmatch(r"[0-9]{1,9}", digits) or int(digits) < 1:
        raise ValueError("a number from 1 on")
    return int(digits)


def size(raw: Raw) -> str:
    """What tmpfs takes for a size: bytes, or with k, M, G, T or % (tmpfs(5))."""
    if not isinstance(raw, str) or not _SIZE.fullmatch(raw.strip()):
        raise ValueError("a size such as 30G")
    return raw.strip()


def size_in(options: str) -> str | None:
    """The size that mount options name: `size=30G,mode=0755`."""
    found = [word.removeprefix("size=") for word in options.split(",") if word.startswith("size=")]
    return found[-1] if found and _SIZE.fullmatch(found[-1]) else None


def boolean(raw: Raw) -> bool:
    said = raw.strip().lower() if isinstance(raw, str) else ""
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise ValueError("yes or no")


@dataclass(frozen=True, slots=True)
class OneOf(Generic[Choice]):
    """One of a few words."""

    kind: type[Choice]

    def __call__(self, raw: Raw) -> Choice:
        said = raw.strip().lower() if isinstance(raw, str) else ""
        for member in self.kind:
            if member.value == said:
                return member
        raise ValueError(" or ".join(self.kind))


def choice(kind: type[Choice]) -> OneOf[Choice]:
    """The parser of a choice."""
    return OneOf(kind)


def optional(parse: Callable[[Raw], T]) -> Callable[[Raw], T | None]:
    """A value for which None, not to be written by a user, means that there is none."""
    return parse
