"""Files as words with places. What cannot be read has no words: `readable` reports it, once."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bh_container.config.problems import Report
from bh_container.config.source import children, is_present, read_source
from bh_container.config.worlds import is_directory

_WORD = re.compile(r"\S+")
_DEPTH = 8
_CLOSE, _CLOSE_IF_SHORT, _SHORT = 0.75, 0.6, 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place; lines and columns count from 1, None is the whole file."""

    file: Path
    line: int | None = None
    column: int | None = None
    text: str = ""

    def part(self, start: int, text: str) -> "Word":
        """A piece of the word that begins `start` characters after its beginning."""
        column = None if self.column is None else self.column + start
        return Word(self.file, self.line, column, text)


Row = tuple[Word, ...]


def read_rows(file: Path) -> tuple[Row, ...]:
    """The words of each line that has any; one that begins with `#` ends the line (portage(5))."""
    return tuple(filter(None, _rows(file, text_of(file))))


def text_of(file: Path) -> str:
    """The file's text, nothing where there is none."""
    return (read_source(file, Report()) or "") if is_present(file) else ""


def files_below(path: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """The file itself, or the files in the directory of this name, as Portage finds them."""
    if not is_directory(path):
        if is_present(path):
            yield path
        return
    for child in children(path, Report()) if depth else ():
        yield from files_below(child, depth - 1)


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy for a name that is not known: the one that may have been meant."""
    cutoff = _CLOSE if len(word) > _SHORT else _CLOSE_IF_SHORT
    close = get_close_matches(word, sorted(known), n=1, cutoff=cutoff)
    return f"did you mean '{close[0]}'?" if close else otherwise


def word_at(file: Path, text: str, start: int, word: str) -> Word:
    """The place of a position in a text."""
    line = text.count("\n", 0, start) + 1
    return Word(file, line, start - (text.rfind("\n", 0, start) + 1) + 1, word)


def _rows(file: Path, text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        row = []
        for match in _WORD.finditer(line):
            if match[0].startswith("#"):
                break
            row.append(Word(file, number, match.start() + 1, match[0]))
        yield tuple(row)
