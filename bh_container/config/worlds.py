"""Package lists: `worlds/` says what ends up in which image, `worlds/tree/` what is below it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from stat import S_ISDIR

from bh_container.config.atom import AtomInvalid, parse_atom
from bh_container.config.problems import Report
from bh_container.config.source import Line, children, is_present, read_lines

BASE = "base"
KERNEL = "kernel"
RUST_CLEAN = "rust.clean"
TREE = "tree"
SYSTEM_SET = "@system"
_NO_LISTS = frozenset({KERNEL, RUST_CLEAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageList:
    """The packages of one image; `ancestors` are the lists below it, base first."""

    name: str
    atoms: tuple[str, ...]
    parent: str | None
    ancestors: tuple[str, ...]
    file: Path


@dataclass(frozen=True, slots=True)
class _Parent:
    """What a file in `worlds/tree` (or, without `file`, nothing but the rule) says."""

    name: str | None
    file: Path | None = None
    line: int | None = None


def read_package_lists(worlds: Path, report: Report) -> tuple[PackageList, ...]:
    """Every list, each after its parent: base first, and by name where the tree leaves a choice.

    Where the tree is wrong `report` says so, and the lists are returned as far as they go.
    """
    files = _list_files(worlds, report)
    if BASE not in files:
        remedy = "create it: base is the list that every other one builds on"
        report.add(worlds / BASE, None, "is missing", remedy)
    atoms = {name: read_atoms(file, report) for name, file in files.items()}
    parents = _read_tree(worlds / TREE, files, report)
    order = _order({name: parent.name for name, parent in parents.items()})
    if order is None:
        _report_cycles(parents, worlds, report)
        return ()
    lists: dict[str, PackageList] = {}
    for name in order:
        parent = parents[name].name
        above = lists.get(parent) if parent is not None else None
        ancestors = (*above.ancestors, above.name) if above else ()
        lists[name] = PackageList(
            name=name, atoms=atoms[name], parent=parent, ancestors=ancestors, file=files[name]
        )
    return tuple(lists.values())


def read_atoms(file: Path, report: Report) -> tuple[str, ...]:
    """The atoms and sets of a list, in its order; a list without any is a problem."""
    before = len(report.problems)
    atoms = tuple(
        word
        for line in read_lines(file, report)
        for word in line.text.split()
        if _is_package(word, file, line, report)
    )
    if not atoms and len(report.problems) == before:
        report.add(file, None, "names no package", "add one, or remove the file")
    return atoms


def _is_package(word: str, file: Path, line: Line, report: Report) -> bool:
    if word.startswith("@") and len(word) > 1:
        return True
    try:
        parse_atom(word)
    except AtomInvalid as error:
        report.add(file, line.number, str(error), "write category/name, =category/name-1 or @set")
        return False
    return True


def _list_files(worlds: Path, report: Report) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in children(worlds, report):
        if path.name in _NO_LISTS or path.name == TREE:
            continue
        if is_directory(path):
            report.add(path, None, "is a directory", "move its lists up into worlds/")
        else:
            found[path.name] = path
    return found


def is_directory(path: Path) -> bool:
    """Whether a directory, or a link to one, is there."""
    try:
        return S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _read_tree(tree: Path, files: Mapping[str, Path], report: Report) -> dict[str, _Parent]:
    """The parent of each list; a list that the tree does not name has base for a parent."""
    default = BASE if BASE in files else None
    parents = {name: _Parent(default if name != BASE else None) for name in files}
    if is_present(tree) and not is_directory(tree):
        report.add(tree, None, "is no directory", "make it one: a file per list, naming its parent")
        return parents
    for entry in children(tree, report):
        lines = read_lines(entry, report)
        if entry.name not in files:
            remedy = _suggest(entry.name, files) or f"create worlds/{entry.name} or remove this"
            report.add(entry, None, f"there is no list '{entry.name}' in worlds/", remedy)
        elif lines:
            parent = _parent(entry, lines, files, report)
            parents[entry.name] = parent or parents[entry.name]
    return parents


def _parent(
    entry: Path, lines: tuple[Line, ...], files: Mapping[str, Path], report: Report
) -> _Parent | None:
    first, *more = ((line, word) for line in lines for word in line.text.split())
    line, word = first
    if more:
        extra, name = more[0]
        remedy = "a list has exactly one parent"
        report.add(entry, extra.number, f"'{name}' is a second parent beside '{word}'", remedy)
        return None
    if entry.name == BASE:
        if word != BASE:
            remedy = "remove this file: base lies below every list"
            report.add(entry, line.number, f"base cannot build on '{word}'", remedy)
        return None
    if word not in files:
        others = {name: file for name, file in files.items() if name != entry.name}
        remedy = _suggest(word, others) or f"create worlds/{word}, or name one that exists"
        report.add(entry, line.number, f"'{word}' is no list in worlds/", remedy)
        return None
    return _Parent(word, entry, line.number)


def _suggest(name: str, files: Mapping[str, Path]) -> str | None:
    close = get_close_matches(name, sorted(files), n=1)
    return f"did you mean '{close[0]}'?" if close else None


def _order(parents: Mapping[str, str | None]) -> list[str] | None:
    """Parents first, then by name; None where they go round in a circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, parent in parents.items():
        sorter.add(name, *([parent] if parent is not None else []))
    try:
        sorter.prepare()
    except CycleError:
        return None
    order: list[str] = []
    ready: set[str] = set()
    while sorter.is_active():
        ready |= set(sorter.get_ready())
        name = min(ready, key=lambda name: (name != BASE, name))
        ready.remove(name)
        order.append(name)
        sorter.done(name)
    return order


def _report_cycles(parents: Mapping[str, _Parent], worlds: Path, report: Report) -> None:
    for loop in _cycles({name: parent.name for name, parent in parents.items()}):
        first = parents[loop[0]]
        round_trip = " -> ".join((*loop, loop[0]))
        places = ", ".join(f"{parents[name].file}:{parents[name].line}" for name in loop[1:])
        what = f"the lists build on each other in a circle: {round_trip}"
        remedy = "let one of them build on base" + (f" (also: {places})" if places else "")
        report.add(first.file or worlds / TREE, first.line, what, remedy)


def _cycles(parents: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Every circle once, from its first member by name."""
    seen: set[str] = set()
    for name in sorted(parents):
        path: list[str] = []
        step: str | None = name
        while step is not None and step not in seen:
            seen.add(step)
            path.append(step)
            step = parents.get(step)
        if step in path:
            loop = path[path.index(step) :]
            start = loop.index(min(loop))
            yield (*loop[start:], *loop[:start])
