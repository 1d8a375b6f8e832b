"""`worlds/`: what the lists say together, beyond what each of them says alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, nearest, read_rows
from bh_container.config.worlds import BASE, KERNEL, SYSTEM_SET, PackageList, is_directory

_SETS = frozenset(
    {"@system", "@profile", "@live-rebuild", "@module-rebuild", "@preserved-rebuild"}
    | {"@golang-rebuild", "@rust-rebuild", "@x11-module-rebuild", "@changed-deps"}
)
_CIRCULAR = frozenset({"@world", "@selected", "@selected-packages", "@selected-sets", "@installed"})


def repeated(subject: Subject) -> Iterator[Finding]:
    """An atom that a list has twice, or that a list below it has already."""
    lists = {one.name: one for one in subject.target.lists} if subject.target else {}
    first = {name: _first(one.file) for name, one in lists.items()}
    for name, one in lists.items():
        seen: set[str] = set()
        for word in _words(one.file):
            if word.text in seen:
                line = first[name][word.text].line
                what = f"'{word.text}' is in this list twice"
                yield warning(word, what, f"remove this one; the first is in line {line}")
            elif word.text not in seen:
                yield from _in_another(word, one, first)
            seen.add(word.text)


def sets(subject: Subject) -> Iterator[Finding]:
    """`@sets` that no list can have, or that nobody defines."""
    own = {f"@{path.name}" for path in _own_sets(subject)}
    for file in _list_files(subject):
        for word in _words(file):
            if word.text[:1] != "@" or word.text in own:
                continue
            if word.text in _CIRCULAR:
                what = f"'{word.text}' is what the lists are installed into"
                yield error(word, what, "name the packages themselves")
            elif word.text == SYSTEM_SET and file.name != BASE and subject.target:
                what = f"{SYSTEM_SET} makes a complete system of worlds/{BASE}, and of no other"
                yield error(word, what, f"move it to worlds/{BASE}")
            elif word.text not in _SETS:
                what = f"'{word.text}' is no set that Portage or target-portage/sets has"
                otherwise = f"create target-portage/sets/{word.text[1:]}, or name the packages"
                yield warning(word, what, nearest(word.text, _SETS | own, otherwise))


def box_of_a_stage0(subject: Subject) -> Iterator[Finding]:
    """A stage0 without its box has no commands, no shell and no init."""
    target = subject.target
    if target is None or target.complete or target.box is None or not target.lists:
        return
    wanted = f"sys-apps/{target.box}"
    names = {word.text for one in target.lists for word in _words(one.file)}
    base = subject.worlds / BASE
    if _words(base) and not any(wanted in name for name in names):
        what = f"no list has {wanted}, which {target.box.mini_config} makes this stage0's box"
        yield warning(Word(base), what, f"add {wanted}")


def _in_another(
    word: Word, one: PackageList, first: Mapping[str, Mapping[str, Word]]
) -> Iterator[Finding]:
    for name, words in first.items():
        if name not in one.ancestors or word.text not in words:
            continue
        place = f"worlds/{name}:{words[word.text].line}"
        what = f"'{word.text}' is in {place} too, which '{one.name}' builds on"
        yield error(word, what, "remove it from one of the lists: the second has nothing to add")
        return


def _first(file: Path) -> dict[str, Word]:
    return {word.text: word for word in reversed(_words(file))}


def _words(file: Path) -> tuple[Word, ...]:
    return tuple(word for row in read_rows(file) for word in row)


def _list_files(subject: Subject) -> Iterator[Path]:
    if subject.target:
        yield from (one.file for one in subject.target.lists)
        yield subject.worlds / KERNEL
    else:
        yield subject.worlds / BASE


def _own_sets(subject: Subject) -> Iterator[Path]:
    directory = subject.portage / "sets"
    if is_directory(directory):
        yield from directory.iterdir()


CHECKS: tuple[Check, ...] = (repeated, sets, box_of_a_stage0)
