"""The page about all commands, in Markdown: for readers who have nothing installed."""

from collections.abc import Iterable, Iterator

from bh_container.cli.tree import Command, Parameter

_HEAD = """\
# Commands

<!-- Made by `python -m bh_container.cli.manual docs/man`; a test holds it to the help texts. -->

What `--help` and the manual pages say. [Exit statuses](exit-statuses.md) and
[settings](settings.md) are the same for all.
"""


def commands_page(tree: Command) -> str:
    """The whole page; groups are followed by their commands."""
    return _HEAD + "".join(_section(one) for one in _all(tree.commands))


def _all(commands: Iterable[Command]) -> Iterator[Command]:
    for one in commands:
        yield one
        yield from one.commands


def _section(command: Command) -> str:
    depth = "#" * len(command.words)
    lines = [f"\n{depth} `{command.name}`"]
    lines += [f"\n{_plain(text)}" for text in command.text]
    if command.examples:
        lines += ["\n```console", *(f"$ {line}" for line in command.examples), "```"]
    rows = [*(_row(one.value, one) for one in command.arguments), *map(_option, command.options)]
    if rows:
        lines += ["\n| argument or option | what |", "| --- | --- |", *rows]
    return "\n".join(lines) + "\n"


def _option(option: Parameter) -> str:
    return _row(" ".join(filter(None, (", ".join(option.names), option.value))), option)


def _row(name: str, parameter: Parameter) -> str:
    default = f" Default: {parameter.default.strip()}" if parameter.default else ""
    return f"| `{_cell(name)}` | {_cell(_plain(parameter.text + default))} |"


def _plain(text: str) -> str:
    return text.replace("<", "&lt;")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
