"""The command line as plain data: every command with its words, text, arguments and options.

It is read from what Typer makes of the functions in this package, so that help and manual pages
say the same. Only what click has had since version 8 is asked for, never how a help looks: that is
another thing in each version of Typer.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

import typer
from typer.main import get_command

EXAMPLE = "Example:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument, or an option with its `names`.

    `value` stands for what it takes, and is empty for a switch; `default` is what the help would
    say of it, or nothing.
    """

    names: tuple[str, ...]
    value: str
    text: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`words` are what is typed for it. `text` has a paragraph to an entry, the first of which says
    what it is for; `examples` are whole command lines. A group has `commands`, nothing else has.
    """

    words: tuple[str, ...]
    text: tuple[str, ...]
    examples: tuple[str, ...]
    arguments: tuple[Parameter, ...]
    options: tuple[Parameter, ...]
    commands: tuple["Command", ...] = ()

    @property
    def name(self) -> str:
        """The words as one: `bh-container history list`."""
        return " ".join(self.words)


def read_tree(app: typer.Typer) -> Command:
    """The whole command line."""
    command = get_command(app)
    return _command(command, (str(command.name),))


def _command(found: Any, words: tuple[str, ...]) -> Command:
    paragraphs = _paragraphs(found.help or "")
    parameters = [one for one in found.params if not getattr(one, "hidden", False)]
    signature = inspect.signature(found.callback).parameters if found.callback else {}
    types = {name: one.annotation for name, one in signature.items()}
    below = getattr(found, "commands", {})
    return Command(
        words=words,
        text=tuple(one for one in paragraphs if not one.startswith(EXAMPLE)),
        examples=tuple(
            one.removeprefix(EXAMPLE).strip() for one in paragraphs if one.startswith(EXAMPLE)
        ),
        arguments=tuple(_argument(one) for one in parameters if _is_argument(one)),
        options=tuple(
            _option(one, types.get(one.name)) for one in parameters if not _is_argument(one)
        ),
        commands=tuple(
            _command(one, (*words, name)) for name, one in below.items() if not one.hidden
        ),
    )


def _paragraphs(text: str) -> list[str]:
    blocks = inspect.cleandoc(text).split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]


def _is_argument(found: Any) -> bool:
    return bool(found.param_type_name == "argument")


def _argument(found: Any) -> Parameter:
    value = (found.metavar or found.name.upper()).removesuffix("...")
    many = "..." if found.nargs == -1 else ""
    return Parameter(
        names=(), value=value + many, text=found.help or "", required=bool(found.required)
    )


def _option(found: Any, annotation: object) -> Parameter:
    choices = "|".join(_choices(annotation))
    long = max(found.opts, key=len).lstrip("-").replace("-", "_").upper()
    return Parameter(
        names=(*sorted(found.opts, key=len), *found.secondary_opts),
        value="" if found.is_flag else found.metavar or choices or long,
        text=found.help or "",
        required=bool(found.required),
        default=_default(found),
    )


def _default(found: Any) -> str:
    value = found.default
    if found.show_default is False or found.is_flag or value is None or value == "":
        return ""
    plain = value.value if isinstance(value, Enum) else value
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


def _choices(annotation: object) -> Iterator[str]:
    """What an option may be, where its type is an enumeration."""
    if get_origin(annotation) in (Annotated, UnionType):
        for one in get_args(annotation):
            yield from _choices(one)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
