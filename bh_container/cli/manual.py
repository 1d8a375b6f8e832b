"""Manual pages, made of the same texts as the help: `python -m bh_container.cli.manual DIRECTORY`.

One page is about the whole, and one about each command; the page of a group has all of its
commands. The pages in docs/man are made by this and go into the wheel, and so is docs/commands.md,
which says the same; a test holds them to it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from bh_container.cli import roff
from bh_container.cli.exits import MEANINGS
from bh_container.cli.main import app
from bh_container.cli.markdown import commands_page
from bh_container.cli.tree import Command, Parameter, read_tree
from bh_container.config.project import SETTINGS_FILE
from bh_container.config.settings import table

SECTION = 1
ABOUT = (
    "A project is a directory with configs/, which has a directory for the host and one for each "
    "target, and with bh-container.yaml. Commands are given anywhere in it.",
    "Results go to standard output, everything else to standard error. Each command has --help.",
)
COMPLETION = (
    ("--install-completion", "Have the shell complete commands, options and names of targets."),
    ("--show-completion", "Print what --install-completion would install."),
)
FILES = (
    ("bh-container.yaml", "the settings; bh-container settings show says what is in force"),
    ("bh-container.lock", "what builds are made from; belongs into version control"),
    ("configs/host", "the configuration of the build environment"),
    ("configs/<tuple>.<name>", "a target; <name> alone names it where that is unique"),
    ("builds/<tuple>.<name>.<date>", "a result; its manifest.json describes it"),
    ("history/<date>", "a snapshot"),
    ("volumes/", "sources, binary packages, journals and logs"),
)


def pages(tree: Command) -> dict[str, str]:
    """The text of every page, by the name of its file."""
    about = {tree.words[0]: _whole(tree)}
    about |= {"-".join(command.words): _alone(command) for command in tree.commands}
    return {f"{name}.{SECTION}": "\n".join(lines) + "\n" for name, lines in about.items()}


def _whole(tree: Command) -> list[str]:
    return [
        *_head(tree),
        roff.section("SYNOPSIS"),
        f"{roff.bold(tree.name)} {roff.italic('COMMAND')} [{roff.italic('WORD')}...]",
        roff.section("DESCRIPTION"),
        *roff.paragraphs((*tree.text, *ABOUT)),
        roff.section("COMMANDS"),
        *_index(tree.commands),
        roff.section("OPTIONS"),
        *_list(COMPLETION),
        roff.section("EXIT STATUS"),
        *_list((str(status), meaning) for status, meaning in MEANINGS.items()),
        roff.section("ENVIRONMENT"),
        *_variables(),
        roff.section("FILES"),
        *_list(FILES),
    ]


def _alone(command: Command) -> list[str]:
    groups = command.commands or (command,)
    lines = [
        *_head(command),
        roff.section("SYNOPSIS"),
        *_lines_apart(_synopsis(one) for one in groups),
        roff.section("DESCRIPTION"),
        *roff.paragraphs(command.text),
    ]
    if command.commands:
        lines += [roff.section("COMMANDS")]
        for one in command.commands:
            lines += [roff.subsection(" ".join(one.words[1:])), *roff.paragraphs(one.text)]
            lines += [*_parameters(one), ".PP", *roff.literal(one.examples)]
    else:
        lines += [roff.section("OPTIONS"), *_parameters(command)]
        lines += [roff.section("EXAMPLES"), *roff.literal(command.examples)]
    return [*lines, roff.section("SEE ALSO"), f"{roff.bold('bh-container')}({SECTION})"]


def _head(command: Command) -> list[str]:
    name = "-".join(command.words)
    return [
        '.\\" Made by `python -m bh_container.cli.manual docs/man`.',
        *roff.title(name, SECTION, "bh-container"),
        roff.section("NAME"),
        f"{roff.text(name)} \\- {roff.text(_short(command.text[0]))}",
    ]


def _short(sentence: str) -> str:
    """A sentence as the line of NAME has it, for apropos(1)."""
    return sentence.removesuffix(".")


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, meaning in rows:
        yield from roff.tagged(roff.bold(name), meaning)


def _index(commands: Iterable[Command]) -> Iterator[str]:
    for one in commands:
        page = f"{roff.bold('-'.join(one.words))}({SECTION})"
        yield from roff.tagged(page, one.text[0])


def _synopsis(command: Command) -> str:
    words = [roff.bold(command.name), *(["[options]"] if command.options else [])]
    for one in command.arguments:
        words.append(roff.italic(one.value) if one.required else f"[{roff.italic(one.value)}]")
    return " ".join(words)


def _lines_apart(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number:
            yield ".br"
        yield line


def _parameters(command: Command) -> Iterator[str]:
    for one in command.arguments:
        yield from roff.tagged(roff.italic(one.value), one.text)
    yield from _options(command.options)


def _options(options: Iterable[Parameter]) -> Iterator[str]:
    for one in options:
        names = ", ".join(roff.bold(name) for name in one.names)
        default = f"Default: {one.default.strip()}" if one.default else ""
        yield from roff.tagged(
            f"{names} {roff.italic(one.value)}" if one.value else names, one.text, default
        )


def _variables() -> Iterator[str]:
    yield from roff.paragraphs(
        [f"An option comes before a variable, and a variable before {SETTINGS_FILE}."]
    )
    for setting in table():
        if setting.variables:
            names = ", ".join(map(roff.bold, setting.variables))
            yield from roff.tagged(names, f"{setting.help} (setting {setting.name})")


def _write(directory: Annotated[Path, typer.Argument(help="Where the pages go.")]) -> None:
    """Write every page, remove those of commands that are no more, and write commands.md beside."""
    directory.mkdir(parents=True, exist_ok=True)
    tree = read_tree(app)
    made = pages(tree)
    for old in directory.glob(f"*.{SECTION}"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (directory / name).write_text(text, encoding="utf-8")
    (directory.parent / "commands.md").write_text(commands_page(tree), encoding="utf-8")


if __name__ == "__main__":
    typer.run(_write)
