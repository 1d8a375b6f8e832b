"""Commands in the pages are commands that there are, with options that they have."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from bh_container.cli.main import app
from bh_container.cli.tree import Command, read_tree
from tests.cli.conftest import made_once
from tests.cli.test_complete import COMMANDS
from tests.docs.pages import Block, Page, all_pages, page_of

PROGRAM = "bh-container"
END = re.compile(r"[|&;<>()]+")
SHELLS = ("console", "sh", "bash", "shell", "yaml")
FOREIGN = {"--all", "--fast", "--getbinpkg", "--help"}
"""Options of other programs that the pages name by themselves."""
PAGES = pytest.mark.parametrize("page", all_pages(), ids=[one.name for one in all_pages()])


def refused(page: Page) -> list[str]:
    """The commands on a page that would be refused, with the reason."""
    told = []
    for line, words, whole in _commands(page):
        reason = _refusal(words, whole=whole)
        if reason:
            told.append(f"{page.name}:{line}: {shlex.join(words)}: {reason}")
    options = {name for command in _tree() for one in command.options for name in one.names}
    for one in page.code:
        word = one.text.split()[0].partition("=")[0] if one.text.split() else ""
        if re.fullmatch(r"--[a-z0-9][a-z0-9-]+", word) and word not in options | FOREIGN:
            told.append(f"{page.name}:{one.line}: no command has {word}")
    return told


@cache
def _tree() -> tuple[Command, ...]:
    found = [read_tree(app)]
    for command in found:
        found += command.commands
    return tuple(found)


def _commands(page: Page) -> Iterator[tuple[int, list[str], bool]]:
    """Line, words behind `bh-container`, and whether nothing may be missing."""
    for block in page.blocks:
        if block.language in SHELLS:
            for words in _typed(block):
                yield block.line, words, True
    for one in page.code:
        for line in _expanded(one.text):
            for words in _after_program(line):
                yield one.line, words, False


def _typed(block: Block) -> Iterator[list[str]]:
    text = block.text.replace("\\\n", " ")
    for line in text.splitlines():
        if block.language == "console":
            if line.startswith(("$ ", "# ")):
                yield from _after_program(line[2:])
        elif PROGRAM in line and not line.lstrip().startswith("#"):
            yield from _after_program(line)


def _after_program(line: str) -> Iterator[list[str]]:
    """What follows each call of the program in a line of shell, up to the end of the command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, "#"
    words: list[str] | None = None
    for word in lexer:
        if END.fullmatch(word):
            if words is not None:
                yield words
            words = None
        elif words is not None:
            words.append(word)
        elif word == PROGRAM or word.endswith(f"/{PROGRAM}"):
            words = []
    if words is not None:
        yield words


def _expanded(text: str) -> Iterator[str]:
    """A command as prose writes it, `history mount [SNAPSHOT]`, as one would type it: a line for
    each of several words between which it has a bar."""
    commands = {words[0] for words in COMMANDS}
    plain = re.sub(r"[\[\]]|\.\.\.", "", text).replace("\\|", "|")
    first, _, rest = plain.partition(" ")
    if not rest or (first != PROGRAM and first not in commands):
        return
    before, *others = re.split(r" \| ", plain.removeprefix(f"{PROGRAM} "))
    *start, last = before.split()
    end = " ".join(others[-1].split()[1:]) if others else ""
    for word in (last, *(one.split()[0] for one in others)):
        yield f"{PROGRAM} {' '.join(start)} {word.partition('|')[0]} {end}"


def _refusal(words: list[str], *, whole: bool) -> str:
    """Why a command would be refused before it does anything; `whole`: with all that it needs."""
    command: Any = made_once(app)
    left = list(words)
    while left and left[0] in getattr(command, "commands", {}):
        command = command.commands[left.pop(0)]
    if hasattr(command, "commands"):
        # Options that are obeyed as soon as they are read, and are not to be obeyed here.
        known = {"--help", *(name for one in command.params for name in one.opts)}
        unknown = [word for word in left if word not in known]
        return f"there is no command {unknown[0]}" if unknown else ""
    try:
        command.make_context(PROGRAM, [word for word in left if word != "--help"])
    except Exception as error:
        kind = type(error).__name__
        if not whole and kind in ("MissingParameter", "BadOptionUsage"):
            return ""
        return str(error)
    return ""


@PAGES
def test_every_command_would_be_taken(page: Page) -> None:
    assert refused(page) == []


def test_every_command_is_on_a_page_that_somebody_wrote() -> None:
    named = {
        f"{words[0]} {words[1]}" if words[0] in ("history", "settings") else words[0]
        for page in all_pages()
        if page.name.startswith("docs/") and page.name != "docs/commands.md"
        for _, words, _ in _commands(page)
        if len(words) > 1 or (words and words[0] not in ("history", "settings"))
    }
    assert {" ".join(words) for words in COMMANDS} - named == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```console\n$ bh-container build a b --jobs 4\nbh-container bild\n```", 0),
        ("```console\n$ bh-container bild a\n```", 1),
        ("```console\n$ bh-container build\n```", 1),
        ("```console\n$ bh-container build a --job 4\n```", 1),
        ("```console\n$ bh-container build a -j many\n```", 1),
        ("```console\n$ cd x && bh-container plan --format dot a | dot --none\n```", 0),
        ("```console\n$ bh-container history lost\n```", 1),
        ("```console\n$ bh-container build a \\\n    --none\n```", 1),
        ("```sh\nb=$(.venv/bin/bh-container build --none a)\n```", 1),
        ("```yaml\n- run: bh-container lint --format github\n```", 0),
        ("```yaml\n- run: bh-container lint --formt github\n```", 1),
        ("`bh-container build`, and `history mount [SNAPSHOT]`", 0),
        ("`bh-container shell | resume | retry | abort TARGET`", 0),
        ("`bh-container shell | resume | retri TARGET`", 1),
        ("`history mont [SNAPSHOT]`", 1),
        ("`history export [SNAPSHOT] [--type squashfs|files]`", 0),
        ("`--no-such` and `--jobs`", 1),
    ],
)
def test_a_command_that_is_wrong_is_found(text: str, found: int) -> None:
    assert len(refused(page_of(all_pages()[0].file, text))) == found
