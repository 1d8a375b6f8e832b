"""What a user has changed in a configuration since a run, line by line, and which steps it moves.

A step's fingerprint says that something is different; these are the lines that made it so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from bh_container.plan.step import AFTER, Fingerprint, Step

LOCK = "bh-container.lock"
_OF_THE_LOCK = frozenset({"$BH_CHECKOUTS", "$BH_DAY", "when the lock moved"})
_WORD = re.compile(r"[^\s\"'=#(){}\\]+")
_WHOLE = ("target-portage/package.", "repos/", "initramfs/", "tests/")
"""Nothing but steps that read these files depends on them: no variable comes from here."""
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A file as it was at a run: its lines, or None where it is no text, and what stands for them.

    `kind` is what `plan.step.contents` calls it: file, program, link.
    """

    kind: str
    digest: str
    lines: tuple[str, ...] | None


Texts = Mapping[str, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a file: in which line (None: in all of it), and from what to what.

    The line of what is gone is where it was; that of everything else is where it is.
    """

    file: str
    line: int | None
    old: str | None
    new: str | None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place} {self.what}"

    @property
    def what(self) -> str:
        """What happened, in the words that are in the file."""
        if self.line is None:
            return self._of_file()
        if self.old is None:
            return f"added: {_short(self.new or '')}"
        if self.new is None:
            return f"removed: {_short(self.old)}"
        before, after = Counter(self.old.split()), Counter(self.new.split())
        words = [f"+{word}" for word in (after - before)] + [f"-{word}" for word in before - after]
        return f"changed: {_short(' '.join(words) or self.new)}"

    @property
    def words(self) -> frozenset[str]:
        """The words that are only on one side."""
        old, new = set(_WORD.findall(self.old or "")), set(_WORD.findall(self.new or ""))
        return frozenset(old ^ new)

    def _of_file(self) -> str:
        if self.old is None:
            return "is new"
        return "is gone" if self.new is None else f"is now {_short(self.new)}"


def changes(old: Texts, new: Texts) -> tuple[Change, ...]:
    """Every change of every file, by file and line."""
    return tuple(
        change
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
        for change in _of_file(name, old.get(name), new.get(name))
    )


def causes(step: Step, last: Fingerprint | None, found: Iterable[Change]) -> tuple[str, ...]:
    """Why a step's key is another than at the run with the fingerprint `last`, a line each.

    Where no change of a file explains it, the name of what is different stands for itself.
    """
    before = last or {}
    names = [
        name
        for name in sorted(step.fingerprint.keys() | before.keys())
        if name != AFTER and step.fingerprint.get(name) != before.get(name)
    ]
    found = tuple(found)
    reasons: dict[str, None] = {}
    # Which lines of package.* a step looks at follows from its packages: they come last.
    for name in sorted(names if last is not None else (), key=_is_line):
        cause = tuple(_cause(name, step, before, found))
        if not (_is_line(name) and reasons and cause == (f"{name} changed",)):
            reasons |= dict.fromkeys(cause)
    return _cut(tuple(reasons))


def structure(found: Iterable[Change]) -> tuple[str, ...]:
    """What may have made another plan of a configuration: files that are read by no step."""
    return _cut(tuple(str(one) for one in found if not one.file.startswith(_WHOLE)))


def _cause(name: str, step: Step, before: Fingerprint, found: tuple[Change, ...]) -> Iterator[str]:
    mine = tuple(one for one in found if _is_of(name, one))
    if name.startswith("$"):
        mine = _of_variable(name, step.fingerprint.get(name, ""), before.get(name, ""), found)
    if mine:
        yield from map(str, mine)
    elif name in _OF_THE_LOCK:
        yield f"{LOCK} changed"
    elif name.endswith((".sh", ".py")):
        yield f"bh-container's own {name} changed"
    else:
        yield f"{name} changed"


def _is_line(name: str) -> bool:
    return ": " in name


def _is_of(name: str, change: Change) -> bool:
    """Whether a name of a fingerprint, a path or `path: line of it`, means this change."""
    path, _, line = name.partition(": ")
    if not line:
        return change.file == path
    below = change.file == path or change.file.startswith(f"{path}/")
    return below and line in {" ".join(_plain(t).split()) for t in (change.old, change.new) if t}


def _of_variable(
    name: str, value: str, before: str, found: tuple[Change, ...]
) -> tuple[Change, ...]:
    """The changes that have a word in common with the difference; else all that could."""
    difference = set(_WORD.findall(value)) ^ set(_WORD.findall(before))
    able = tuple(one for one in found if not one.file.startswith(_WHOLE))
    exact = tuple(one for one in able if one.words & difference)
    return exact or (() if name in _OF_THE_LOCK else able)


def _of_file(name: str, old: Text | None, new: Text | None) -> Iterator[Change]:
    if old is None or new is None or old.kind != new.kind or "link" in (old.kind, new.kind):
        yield Change(file=name, line=None, old=_word(old), new=_word(new))
    elif old.lines is None or new.lines is None:
        yield Change(file=name, line=None, old=_word(old), new="another file")
    else:
        yield from _of_lines(name, old.lines, new.lines)


def _of_lines(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    start = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    matcher = SequenceMatcher(None, old[start:], new[start:], autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = zip_longest(range(start + i, start + i_end), range(start + j, start + j_end))
        for before, after in pairs:
            was = old[before] if before is not None else None
            now = new[after] if after is not None else None
            if (was or "").strip() or (now or "").strip():
                line = after if after is not None else before
                yield Change(file=name, line=(line or 0) + 1, old=was, new=now)


def _word(text: Text | None) -> str | None:
    if text is None:
        return None
    if text.kind == "link":
        return f"a link to {text.lines[0] if text.lines else '?'}"
    return f"a {text.kind}"


def _plain(line: str) -> str:
    return line.partition("#")[0]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _cut(reasons: tuple[str, ...]) -> tuple[str, ...]:
    if len(reasons) <= _SHOWN:
        return reasons
    return (*reasons[:_SHOWN], f"and {len(reasons) - _SHOWN} more")
