"""Text as man(7) and groff_man(7) want it: the few macros that a page about a command needs."""

from collections.abc import Iterable, Sequence

_ESCAPES = {
    "\\": "\\e",
    "-": "\\-",
    "'": "\\(aq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    '"': "\\(dq",
}


def text(words: str) -> str:
    """Words that mean themselves, wherever on a line they are."""
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in words)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def bold(words: str) -> str:
    """What is typed as it is."""
    return f"\\fB{text(words)}\\fR"


def italic(words: str) -> str:
    """What stands for something else."""
    return f"\\fI{text(words)}\\fR"


def title(name: str, section: int, about: str) -> list[str]:
    """What a page begins with. It has no date: the same sources make the same page.

    Words are not hyphenated and lines not stretched, so that what is typed stays as it is.
    """
    return [f'.TH {text(name.upper())} {section} "" "{text(about)}"', ".nh", ".ad l"]


def section(name: str) -> str:
    """A heading; `name` is in capitals by custom."""
    return f".SH {text(name)}"


def subsection(name: str) -> str:
    """A heading in a section."""
    return f'.SS "{text(name)}"'


def paragraphs(texts: Iterable[str]) -> list[str]:
    """Running text; the first one follows a heading."""
    lines: list[str] = []
    for number, one in enumerate(texts):
        lines += [*([".PP"] if number else []), text(one)]
    return lines


def tagged(term: str, *sentences: str) -> list[str]:
    """A term, which is roff already, with what it means indented below."""
    return [".TP", term, text(" ".join(filter(None, sentences)))]


def literal(lines: Sequence[str]) -> list[str]:
    """Lines to be typed, or looked at, just as they are."""
    return [".EX", *map(text, lines), ".EE"]
