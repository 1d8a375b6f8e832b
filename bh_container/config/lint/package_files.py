"""Portage's `package.*` files and `profile/packages`, each by its own grammar (portage(5))."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.atom import AtomInvalid, parse_atom
from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Row, Word, files_below, read_rows
from bh_container.config.source import is_present

_WILDCARD = re.compile(
    r"[<>=~]{0,2}[A-Za-z0-9+_.*-]+/[A-Za-z0-9+_.*-]+(:[A-Za-z0-9+_./*-]+)?(::[A-Za-z0-9_*-]+)?"
)
_PROVIDED = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9+_.-]*/[A-Za-z0-9_][A-Za-z0-9+_-]*?"
    r"-[0-9]+(\.[0-9]+)*[a-z]?(_(alpha|beta|pre|rc|p)[0-9]*)*(-r[0-9]+)?"
)
FLAG = re.compile(r"-?(\*|[A-Za-z0-9][A-Za-z0-9+_@.-]*)")
_SECTION = re.compile(r"[A-Z][A-Z0-9_]*:")
_KEYWORD = re.compile(r"\*\*|~?\*|-\*|[~-]?[a-z0-9][a-z0-9-]*")
_LICENSE = re.compile(r"-?(\*|@?[A-Za-z0-9_][A-Za-z0-9+_.-]*)")
_ACCEPTED = re.compile(r"-?(\*|[a-z-]+)")

Values = Callable[[Subject, Row], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of file: what follows the atom of a line, and whether the atom may have a `-`."""

    values: Values
    negative: bool = False


def _of(pattern: re.Pattern[str], noun: str, example: str, *, required: bool) -> Values:
    """Values of one form; where they are `required`, a line without any says nothing."""

    def check(_subject: Subject, row: Row) -> Iterator[Finding]:
        for word in row[1:]:
            if not pattern.fullmatch(word.text) and not (
                pattern is FLAG and _SECTION.fullmatch(word.text)
            ):
                yield error(word, f"'{word.text}' is no {noun}", f"write something like {example}")
        if required and len(row) == 1:
            what = f"'{row[0].text}' has no {noun} behind it, so the line says nothing"
            yield warning(row[0], what, f"add one, such as {example}, or remove the line")

    return check


def _nothing(_subject: Subject, row: Row) -> Iterator[Finding]:
    for word in row[1:2]:
        yield error(word, f"'{word.text}' is one word too many", "write one package to a line")


def _environments(subject: Subject, row: Row) -> Iterator[Finding]:
    for word in row[1:]:
        if not is_present(subject.portage / "env" / word.text):
            what = f"there is no '{word.text}' in target-portage/env"
            yield error(word, what, f"create target-portage/env/{word.text}")
    if len(row) == 1:
        what = f"'{row[0].text}' has no file of env/ behind it, so the line says nothing"
        yield warning(row[0], what, "add one, or remove the line")


_USE = _of(FLAG, "USE flag", "static or -static", required=True)
_FLAGS = Kind(values=_USE)
_NAMES = Kind(values=_nothing, negative=True)
_KEYWORDS = Kind(values=_of(_KEYWORD, "keyword", "~arm64 or **", required=False))
KINDS: Mapping[str, Kind] = {
    "package.use": _FLAGS,
    "package.accept_keywords": _KEYWORDS,
    "package.keywords": _KEYWORDS,
    "package.license": Kind(values=_of(_LICENSE, "license", "GPL-2 or @FREE", required=True)),
    "package.properties": Kind(values=_of(_ACCEPTED, "property", "interactive", required=True)),
    "package.accept_restrict": Kind(values=_of(_ACCEPTED, "restriction", "fetch", required=True)),
    "package.mask": _NAMES,
    "package.unmask": _NAMES,
    "package.env": Kind(values=_environments),
    "profile/package.use": _FLAGS,
    "profile/package.use.force": _FLAGS,
    "profile/package.use.mask": _FLAGS,
    "profile/package.use.stable.force": _FLAGS,
    "profile/package.use.stable.mask": _FLAGS,
    "profile/package.accept_keywords": _KEYWORDS,
    "profile/package.keywords": _KEYWORDS,
    "profile/package.mask": _NAMES,
    "profile/package.unmask": _NAMES,
}


def package_files(subject: Subject) -> Iterator[Finding]:
    """Each line: an atom, and what its file has behind atoms."""
    for name, kind in KINDS.items():
        for row in _rows(subject.portage / name):
            yield from _atom(row[0], negative=kind.negative)
            yield from kind.values(subject, row)


def repeated(subject: Subject) -> Iterator[Finding]:
    """USE flags that one file switches on and off for the same atom."""
    for file in files_below(subject.portage / "package.use"):
        seen: dict[tuple[str, str], Word] = {}
        for row in read_rows(file):
            for word in row[1:] if not any(_SECTION.fullmatch(w.text) for w in row) else ():
                name = word.text.removeprefix("-")
                before = seen.setdefault((row[0].text, name), word)
                if before.text != word.text:
                    what = f"'{word.text}' for {row[0].text} undoes '{before.text}'"
                    yield warning(word, what, f"remove one; the other is in line {before.line}")


def provided(subject: Subject) -> Iterator[Finding]:
    """package.provided names packages with their version, and without an operator."""
    for name in ("package.provided", "package.provided.kernel"):
        for row in _rows(subject.portage / "profile" / name):
            if not _PROVIDED.fullmatch(row[0].text):
                what = f"'{row[0].text}' is no package with its version"
                yield error(row[0], what, "write category/name-1.0, without an operator")
            yield from _nothing(subject, row)


def system(subject: Subject) -> Iterator[Finding]:
    """`profile/packages`: atoms of the system set with a `*`, taken away with a `-` before it."""
    for row in _rows(subject.portage / "profile" / "packages"):
        text = row[0].text
        start = len(text) - len(text.removeprefix("-").removeprefix("*"))
        yield from _atom(row[0].part(start, text[start:]), negative=False)
        yield from _nothing(subject, row)


def use_words(subject: Subject) -> Iterator[Finding]:
    """`profile/use.force` and `use.mask`: flags, one to a line."""
    for name in ("use.force", "use.mask", "use.stable.force", "use.stable.mask"):
        for row in _rows(subject.portage / "profile" / name):
            for word in row:
                if not FLAG.fullmatch(word.text):
                    remedy = "write something like static or -static"
                    yield error(word, f"'{word.text}' is no USE flag", remedy)


def _rows(path: Path) -> Iterator[Row]:
    for file in files_below(path):
        yield from read_rows(file)


def _atom(word: Word, *, negative: bool) -> Iterator[Finding]:
    text = word.text.removeprefix("-") if negative else word.text
    if "*" in text.rpartition("/")[0] + text.rpartition("/")[2].rstrip("*"):
        if not _WILDCARD.fullmatch(text):
            yield error(word, f"'{text}' is no package atom", "write category/name, */name or */*")
        return
    try:
        parse_atom(text.removesuffix("*") if text[:1] != "=" else text)
    except AtomInvalid as problem:
        yield error(word, str(problem), "write category/name or =category/name-1.0")


CHECKS: tuple[Check, ...] = (package_files, repeated, provided, system, use_words)
