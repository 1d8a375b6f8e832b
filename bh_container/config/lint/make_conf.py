"""`make.conf` and what else is written like it (make.conf(5))."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.known import FEATURES, VARIABLES
from bh_container.config.lint.package_files import FLAG
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, files_below, nearest, text_of, word_at
from bh_container.config.makeconf import Assignment, read_all

_SPACED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*[ \t]+=|[A-Za-z_][A-Za-z0-9_]*=[ \t]+[^\s#]")
_SOURCE = re.compile(r"(source|\.)[ \t]+\S")
_REFERENCE = re.compile(r"(?<!\\)\$\{?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}?")


def grammar(subject: Subject) -> Iterator[Finding]:
    """Lines that are no assignment: Portage stops at the first of them."""
    text = text_of(subject.make_conf)
    inside = _inside(read_all(text))
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if number in inside or not stripped or stripped[0] == "#" or _SOURCE.match(stripped):
            continue
        place = Word(subject.make_conf, number, len(line) - len(line.lstrip()) + 1)
        if _SPACED.match(stripped):
            what = "there is white space beside the '='"
            yield error(place, what, 'write NAME="VALUE", without any')
        elif not re.match(r"(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*\+?=", stripped):
            what = f"'{stripped.split()[0]}' begins no assignment"
            yield error(place, what, 'write NAME="VALUE", or a # before a comment')


def assigned(subject: Subject) -> Iterator[Finding]:
    """Variables that nobody reads, or that are set twice."""
    seen: dict[str, Assignment] = {}
    for one in read_all(text_of(subject.make_conf)):
        place = Word(subject.make_conf, one.line, 1, one.name)
        if one.name not in VARIABLES and (remedy := nearest(one.name, VARIABLES, "")):
            yield warning(place, f"nothing reads a variable '{one.name}'", remedy)
        again = one.name in seen and one.closed
        if again and one.name not in _references(text_of(subject.make_conf), one):
            what = f"{one.name} is set a second time, and the first value is lost"
            yield warning(place, what, f"remove one; the other is in line {seen[one.name].line}")
        seen[one.name] = one


def references(subject: Subject) -> Iterator[Finding]:
    """A reference to what is not set stands for nothing."""
    text = text_of(subject.make_conf)
    code = re.sub(r"^[ \t]*#.*$", lambda found: " " * len(found[0]), text, flags=re.MULTILINE)
    names = {one.name: one.line for one in read_all(text)}
    for found in _REFERENCE.finditer(code):
        name = found["name"]
        if name not in names and name not in VARIABLES:
            place = word_at(subject.make_conf, text, found.start(), found[0])
            what = f"'{found[0]}' is set nowhere, and stands for nothing"
            yield warning(place, what, nearest(name, names, f"set {name} before this line"))


def values(subject: Subject) -> Iterator[Finding]:
    """Words of USE, FEATURES and ACCEPT_KEYWORDS that have no such form."""
    variables = {one.name: one for one in read_all(text_of(subject.make_conf))}
    for word, place in _value(subject, variables.get("USE")):
        if not FLAG.fullmatch(word):
            yield error(place, f"'{word}' in USE is no USE flag", "write something like X or -X")
    for word, place in _value(subject, variables.get("FEATURES")):
        if word.removeprefix("-") not in FEATURES | {"*"}:
            remedy = nearest(word.removeprefix("-"), FEATURES, "see make.conf(5), FEATURES")
            yield warning(place, f"'{word}' in FEATURES is no feature of Portage's", remedy)
    for word, place in _value(subject, variables.get("ACCEPT_KEYWORDS")):
        if not re.fullmatch(r"[~-]?[a-z0-9*-]+|\*\*", word):
            what = f"'{word}' in ACCEPT_KEYWORDS is no keyword"
            yield error(place, what, "write something like arm64 or ~arm64")


def packages(subject: Subject) -> Iterator[Finding]:
    """The final directories are filled from the binary packages that this file has made."""
    variables = {one.name: one for one in read_all(text_of(subject.make_conf))}
    if subject.target is None or not variables:
        return
    features, pkgdir = variables.get("FEATURES"), variables.get("PKGDIR")
    options = variables["EMERGE_DEFAULT_OPTS"].value if "EMERGE_DEFAULT_OPTS" in variables else ""
    makes = {*(features.value.split() if features else ()), *options.split()}
    if not makes & {"buildpkg", "--buildpkg", "--buildpkg=y", "-b"}:
        line = Word(subject.make_conf, features.line if features else None, 1 if features else None)
        what = "FEATURES has no 'buildpkg', and images are filled from binary packages"
        yield error(line, what, "add buildpkg to FEATURES")
    root = variables.get("ROOT")
    wanted = (root.value.rstrip("/") if root else "") + "/packages"
    if pkgdir is None or pkgdir.value.rstrip("/") != wanted:
        line = Word(subject.make_conf, pkgdir.line if pkgdir else None, 1 if pkgdir else None)
        found = f"is '{pkgdir.value}'" if pkgdir else "is not set"
        yield error(line, f"PKGDIR {found}", "write PKGDIR=${ROOT}packages/")


def environments(subject: Subject) -> Iterator[Finding]:
    """The files below `env/`: bash, whose quotes have to close."""
    for file in files_below(subject.portage / "env"):
        yield from _unclosed(file)
    for name in ("bashrc", "profile/make.defaults", "profile/profile.bashrc"):
        for file in files_below(subject.portage / name):
            yield from _unclosed(file)


def _inside(assignments: Iterable[Assignment]) -> frozenset[int]:
    """The lines that values go on in."""
    return frozenset(number for one in assignments for number in range(one.line + 1, one.end + 1))


def _references(text: str, one: Assignment) -> frozenset[str]:
    lines = text.split("\n")[one.line - 1 : one.end]
    return frozenset(found["name"] for found in _REFERENCE.finditer("\n".join(lines)))


def _value(subject: Subject, one: Assignment | None) -> Iterator[tuple[str, Word]]:
    """The words of a value with their places; one that a reference brings has its line alone."""
    if one is None:
        return
    text = text_of(subject.make_conf)
    start = sum(len(line) + 1 for line in text.split("\n")[: one.line - 1]) + len(one.name)
    for word in one.value.split():
        found = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])").search(text, start)
        if found and text.count("\n", 0, found.start()) < one.end:
            yield word, word_at(subject.make_conf, text, found.start(), word)
        else:
            yield word, Word(subject.make_conf, one.line, 1, word)


def _unclosed(file: Path) -> Iterator[Finding]:
    for one in read_all(text_of(file)):
        if not one.closed:
            what = f"the value of {one.name} has a quote that is never closed"
            yield error(Word(file, one.line, 1), what, "close it")


CHECKS: tuple[Check, ...] = (grammar, assigned, references, values, packages, environments)
