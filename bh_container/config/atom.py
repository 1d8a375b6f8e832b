"""A package atom, as package lists and `package.*` files have it (PMS, "Package dependency
specifications"; ebuild(5), "Atom Bases")."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

_CATEGORY = r"[A-Za-z0-9_][A-Za-z0-9+_.-]*"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9+_-]*?"
_VERSION = r"[0-9]+(?:\.[0-9]+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)[0-9]*)*(?:-r[0-9]+)?"
_TAIL = r"(?P<slot>:[A-Za-z0-9_*=][A-Za-z0-9+_./*=-]*)?(?P<repository>::[A-Za-z0-9_-]+)?"
_USE = r"(?P<use>\[[^\[\]\s]+\])?"
_OPERATOR = r"(?P<operator>[<>]=?|[=~])?"

_ATOM = re.compile(
    rf"{_OPERATOR}(?P<package>{_CATEGORY}/{_NAME})(?:-(?P<version>{_VERSION})\*?)?{_TAIL}{_USE}"
)
_WILDCARD = re.compile(rf"{_OPERATOR}(?P<package>[A-Za-z0-9+_.*-]+/[A-Za-z0-9+_*-]+){_TAIL}{_USE}")


class AtomInvalid(ValueError):
    """A word that is no package atom; the text says why."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A package (`category/name`), and which versions of it."""

    text: str
    package: str
    version: str | None

    @property
    def category(self) -> str:
        return self.package.partition("/")[0]

    @property
    def name(self) -> str:
        return self.package.partition("/")[2]


def parse_atom(text: str) -> Atom:
    """Raises AtomInvalid. A light check: whether such a package exists only Portage can say."""
    match = _ATOM.fullmatch(text)
    if match is None:
        if text.startswith("!"):
            raise AtomInvalid(f"'{text}' is a blocker, and a list names what to install")
        if "/" not in text:
            raise AtomInvalid(f"'{text}' has no category")
        raise AtomInvalid(f"'{text}' is no package atom")
    operator, version = match["operator"], match["version"]
    if version is not None and operator is None:
        raise AtomInvalid(f"'{text}' has a version but no operator such as '='")
    if version is None and operator is not None:
        raise AtomInvalid(f"'{text}' has the operator '{operator}' but no version")
    return Atom(text, match["package"], version)


def atom_names(text: str, packages: frozenset[str]) -> bool:
    """Whether an atom of a `package.*` file is about one of these packages (`category/name`).

    Wildcards (`*/*`, `dev-libs/*`, `*/gcc`) count, and so does a word that is no atom: to take a
    line for important that is not costs time, the other mistake costs correctness. The versions
    of `package.provided`, which have no operator, are understood.
    """
    match = _ATOM.fullmatch(text)
    if match is not None:
        return match["package"] in packages
    match = _WILDCARD.fullmatch(text)
    if match is None or "*" not in match["package"]:
        return True
    return any(fnmatchcase(package, match["package"]) for package in packages)
