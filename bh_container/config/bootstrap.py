"""Packages that are built before the rest, with USE flags of their own: what breaks a circle.

The file `bootstrap` of a host or a target has one to a line, in the words of package.use:
`media-libs/freetype -harfbuzz`. A target's package.use/pam says the same of sys-libs/pam in a
line that is commented out.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.atom import AtomInvalid, parse_atom
from bh_container.config.problems import Report
from bh_container.config.source import Line, is_present, read_lines

BOOTSTRAP = "bootstrap"
_FLAG = re.compile(r"-?[A-Za-z0-9][A-Za-z0-9+_@-]*")
_REMEDY = "write category/name, and flags to build it with: -harfbuzz"


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """A package (`category/name`) that is built first, as which atom and with which flags."""

    package: str
    atom: str
    use: tuple[str, ...]


def read_bootstrap(directory: Path, report: Report) -> tuple[First, ...]:
    """The packages in their order; a line that cannot be understood is a problem."""
    file = directory / BOOTSTRAP
    if not is_present(file):
        return ()
    found: dict[str, tuple[int, First]] = {}
    for line in read_lines(file, report):
        one = _first(file, line, report)
        if one is None:
            continue
        if one.package in found:
            what = f"'{one.package}' is in line {found[one.package][0]} already"
            report.add(file, line.number, what, "write all its flags into one line")
        found.setdefault(one.package, (line.number, one))
    return tuple(one for _, one in found.values())


def first_of_comments(lines: tuple[str, ...]) -> tuple[First, ...]:
    """What lines of package.use say that are commented out; prose among them says nothing."""
    flags: dict[str, tuple[str, ...]] = {}
    for line in lines:
        atom, *use = line.split()
        if all(map(_FLAG.fullmatch, use)):
            flags[atom] = (*flags.get(atom, ()), *use)
    return tuple(First(package=atom, atom=atom, use=use) for atom, use in flags.items())


def _first(file: Path, line: Line, report: Report) -> First | None:
    atom, *use = line.text.split()
    try:
        package = parse_atom(atom).package
    except AtomInvalid as error:
        report.add(file, line.number, str(error), _REMEDY)
        return None
    seen: dict[str, str] = {}
    for flag in use:
        before = seen.setdefault(flag.removeprefix("-"), flag)
        if not _FLAG.fullmatch(flag):
            report.add(file, line.number, f"'{flag}' is no USE flag", _REMEDY)
        elif before != flag:
            report.add(file, line.number, f"'{flag}' undoes '{before}'", "remove one")
    return First(package=package, atom=atom, use=tuple(use))
