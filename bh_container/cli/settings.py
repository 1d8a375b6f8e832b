"""`bh-container settings`: what each setting is, where that came from, and how to write them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory

if TYPE_CHECKING:
    from bh_container.config.setting import Setting
    from bh_container.config.settings import Settings

HEAD = ("SETTING", "VALUE", "FROM")
app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show the settings in force; write their JSON schema or their documentation.\n\n"
    "Example: bh-container settings show",
)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def show(
    context: typer.Context,
    directory: Directory = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per setting.")] = False,
) -> None:
    """Show each setting's value, and whether an option, the environment, the file or the default
    gave it.

    Any option that sets something may be given, to see what it would change.

    Example: bh-container settings show --jobs 4
    """
    with exits():
        import os

        from bh_container.cli.place import project_of
        from bh_container.config.settings import resolve

        options = {"directory": directory, **_options(context.args)}
        project = project_of(directory)
        settings = resolve(options, os.environ, project.settings_file)
        for line in _json(settings) if json else _table(settings):
            typer.echo(line)


@app.command()
def schema() -> None:
    """Print the JSON schema of bh-container.yaml.

    Example: bh-container settings schema > bh-container.schema.json
    """
    from json import dumps

    from bh_container.config.schema import schema as make

    typer.echo(dumps(make(), indent=2))


@app.command()
def reference() -> None:
    """Print the page about all settings, in Markdown.

    Example: bh-container settings reference | less
    """
    from bh_container.config.schema import reference as make

    typer.echo(make(set(_known_options())), nl=False)


def _options(words: Sequence[str]) -> dict[str, object]:
    """The settings that options name: `--jobs 4`, `--jobs=4`, and `--ccache` for yes."""
    from difflib import get_close_matches

    from bh_container.config.settings import table
    from bh_container.errors import BhError

    rows = {row.option: row for row in table()}
    found: dict[str, object] = {}
    left = list(words)
    while left:
        option, equals, value = left.pop(0).partition("=")
        row = rows.get(option)
        if row is None:
            close = get_close_matches(option, rows, n=1)
            remedy = f"did you mean {close[0]}?" if close else "settings show lists all settings"
            raise BhError(f"there is no option {option}", remedy=remedy)
        if not equals:
            value = "yes" if _is_switch(row) else left.pop(0) if left else ""
        found[row.name] = value
    return found


def _is_switch(row: "Setting") -> bool:
    from bh_container.config import values

    return row.parse is values.boolean


def _table(settings: "Settings") -> list[str]:
    from bh_container.cli.columns import columns
    from bh_container.config.schema import written
    from bh_container.config.settings import table

    rows = [
        (row.name, written(getattr(settings, row.name)), str(settings.origins[row.name]))
        for row in table()
    ]
    return columns([HEAD, *rows])


def _json(settings: "Settings") -> Iterator[str]:
    from json import dumps

    from bh_container.config.settings import table

    for row in table():
        origin = settings.origins[row.name]
        value = getattr(settings, row.name)
        found = {"setting": row.name, "value": value, "source": origin.source}
        yield dumps({**found, "detail": origin.detail, "help": row.help}, default=str)


def _known_options() -> Iterator[str]:
    """Every long option of every command."""
    from typer.main import get_command

    from bh_container.cli.main import app as whole

    commands = [get_command(whole)]
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        for parameter in command.params:
            yield from (option for option in parameter.opts if option.startswith("--"))
