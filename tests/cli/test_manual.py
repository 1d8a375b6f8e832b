"""The manual pages, and the command line as data that they are made of."""

import shutil
import subprocess
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from bh_container.cli import roff
from bh_container.cli.exits import MEANINGS, status_of
from bh_container.cli.main import app
from bh_container.cli.manual import pages
from bh_container.cli.markdown import commands_page
from bh_container.cli.tree import Command, Parameter, read_tree
from bh_container.config.settings import table
from bh_container.errors import BhError
from tests.cli.test_complete import COMMANDS, command_of
from tests.conftest import cannot

PROJECT = Path(__file__).parents[2]
MAN = PROJECT / "docs" / "man"
PAGES = pages(read_tree(app))
ANEW = "make them anew: python -m bh_container.cli.manual docs/man"


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


def feed(
    animals: Annotated[list[str], typer.Argument(help="Their names.")],
    place: Annotated[str, typer.Argument(metavar="WHERE")] = "barn",
    size: Annotated[Size, typer.Option("--size", "-s", help="Of a portion.")] = Size.SMALL,
    hours: Annotated[float, typer.Option(help="How long.")] = 2,
    quickly: Annotated[bool, typer.Option("--quickly/--slowly", help="How.")] = True,
) -> None:
    """Feed
    animals.

    Not twice.

    Example: farm feed cow
    """


def a_farm() -> Command:
    farm = typer.Typer(name="farm", help="A farm.")
    farm.command()(feed)
    farm.command(hidden=True)(a_farm)
    below = typer.Typer(help="The fields.")
    below.command()(feed)
    farm.add_typer(below, name="field")
    return read_tree(farm)


def test_a_command_as_data() -> None:
    farm = a_farm()
    assert [one.name for one in farm.commands] == ["farm feed", "farm field"]
    assert [one.name for one in farm.commands[1].commands] == ["farm field feed"]
    command = farm.commands[0]
    assert (command.text, command.examples) == (("Feed animals.", "Not twice."), ("farm feed cow",))
    assert command.arguments == (
        Parameter(names=(), value="ANIMALS...", text="Their names.", required=True),
        Parameter(names=(), value="WHERE", text=""),
    )
    assert command.options == (
        Parameter(
            names=("-s", "--size"), value="small|large", text="Of a portion.", default="small"
        ),
        Parameter(names=("--hours",), value="HOURS", text="How long.", default="2"),
        Parameter(names=("--quickly", "--slowly"), value="", text="How."),
    )


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("a-b", "a\\-b"),
        (".PP", "\\&.PP"),
        ("it's", "it\\(aqs"),
        ("a\\b", "a\\eb"),
        ('"', "\\(dq"),
        ("'", "\\(aq"),
    ],
)
def test_roff_of_words(words: str, made: str) -> None:
    assert roff.text(words) == made


def test_the_pages_in_the_documentation_are_those_of_the_help() -> None:
    found = {path.name: path.read_text() for path in MAN.iterdir()}
    stale = sorted(name for name in found | PAGES if found.get(name) != PAGES.get(name))
    assert not stale, ANEW
    assert (MAN.parent / "commands.md").read_text() == commands_page(read_tree(app)), ANEW


def test_the_commands_in_markdown() -> None:
    page = commands_page(a_farm())
    assert "\n## `farm field`\n\nThe fields.\n\n### `farm field feed`\n" in page
    assert "\nFeed animals.\n\nNot twice.\n\n```console\n$ farm feed cow\n```\n" in page
    assert "\n| `ANIMALS...` | Their names. |\n| `WHERE` |  |\n" in page
    assert "| `-s, --size small\\|large` | Of a portion. Default: small |\n" in page


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_page_has_every_option_and_example(words: tuple[str, ...]) -> None:
    page = PAGES[f"bh-container-{words[0]}.1"]
    command: Any = command_of(words)
    for parameter in command.params:
        if parameter.param_type_name == "option":
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert roff.bold(option) in page
    assert roff.text(f"bh-container {' '.join(words)}") in page


def test_the_page_about_the_whole() -> None:
    page = PAGES["bh-container.1"]
    for words in COMMANDS:
        assert f"{roff.bold(f'bh-container-{words[0]}')}(1)" in page
    for setting in table():
        for variable in setting.variables:
            assert roff.bold(variable) in page


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_rendered_without_a_warning(name: str) -> None:
    groff = shutil.which("groff")
    if groff is None:
        cannot("there is no groff: apt-get install groff-base")
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-ww", "-rCHECKSTYLE=3"],
        input=PAGES[name],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert name.removesuffix(".1").upper() in done.stdout


def test_the_wheel_takes_them_along() -> None:
    made = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wheel = made["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["shared-data"]["docs/man"] == "share/man/man1"


@pytest.mark.parametrize(
    "error", [BhError("what"), ZeroDivisionError(), KeyboardInterrupt(), typer.Abort()]
)
def test_every_status_has_a_meaning(error: BaseException) -> None:
    assert status_of(error) in MEANINGS
