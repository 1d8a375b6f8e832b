"""The project's pages in Markdown, taken apart: links, anchors, code in lines and in blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PROJECT = Path(__file__).parents[2]
_GLOBS = ("*.md", "docs/**/*.md", "[a-z]*/README.md", "containerfiles/**/*.md", "configs/**/*.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something on a page, and the line that its paragraph, row or block begins on."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block. `language` is the word behind the fence."""

    line: int
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`links` are the addresses; `code` is what is between backticks, on one line each."""

    file: Path
    anchors: frozenset[str]
    links: tuple[Piece, ...]
    code: tuple[Piece, ...]
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """Its path in the project."""
        return self.file.relative_to(PROJECT).as_posix()


@cache
def all_pages() -> tuple[Page, ...]:
    """Every page, by name."""
    files = {file for pattern in _GLOBS for file in PROJECT.glob(pattern)}
    return tuple(page_of(file, file.read_text(encoding="utf-8")) for file in sorted(files))


def page_of(file: Path, text: str) -> Page:
    """A page with this text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Page(
        file=file,
        anchors=frozenset(_anchors(tokens)),
        links=tuple(_links(tokens)),
        code=tuple(_code(tokens)),
        blocks=tuple(_blocks(tokens)),
    )


def _anchors(tokens: list[Token]) -> Iterator[str]:
    """As GitHub makes them: small letters, no punctuation, a hyphen for a space."""
    seen: dict[str, int] = {}
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            words = "".join(one.content for one in inline.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            number = seen[slug] = seen.get(slug, -1) + 1
            yield f"{slug}-{number}" if number else slug


def _inline(tokens: list[Token]) -> Iterator[tuple[int, Token]]:
    line = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        for child in token.children or ():
            yield line, child


def _links(tokens: list[Token]) -> Iterator[Piece]:
    for line, token in _inline(tokens):
        for attribute in ("href", "src"):
            if (address := token.attrGet(attribute)) is not None:
                yield Piece(line=line, text=str(address))


def _code(tokens: list[Token]) -> Iterator[Piece]:
    for line, token in _inline(tokens):
        if token.type == "code_inline":
            yield Piece(line=line, text=" ".join(token.content.split()))


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    for token in tokens:
        if token.type == "fence" and token.map:
            yield Block(line=token.map[0] + 1, language=token.info.strip(), text=token.content)
