"""`bh-container init`: a new project, ready to be built."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.complete import complete_shipped
from bh_container.cli.exits import exits

if TYPE_CHECKING:
    from bh_container.config.project import Project

DEFAULT = "rpi4-bb-mini"


def init(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where; made if need be.", show_default=False)
    ] = Path(),
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            "-t",
            help=f"A shipped configuration to start from, more than once for several; {DEFAULT} "
            "by default.",
            autocompletion=complete_shipped,
        ),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the shipped configurations, and make nothing.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object; with --list, one per configuration.")
    ] = False,
) -> None:
    """Make a new project: settings, a configuration to start from, and places for what builds
    leave.

    Nothing that is there is overwritten, and where something is in the way nothing is made.

    Example: bh-container init boards --target rpi4-bb-mini
    """
    with exits():
        from bh_container.config.shipped import shipped
        from bh_container.run.create import create_project, project_files

        place = shipped()
        if list_:
            _list(place, json=json)
            return
        names = [place.find_target(word).name for word in dict.fromkeys(target or [DEFAULT])]
        kept = create_project(directory.resolve(), project_files(place, names))
        words = [place.target_words()[name] for name in names]
        if json:
            _tell_as_json(directory, words, kept)
        else:
            _tell(directory, words, kept)


def _list(place: "Project", *, json: bool) -> None:
    from json import dumps

    from bh_container.cli.columns import columns

    words = place.target_words()
    if json:
        for name, word in words.items():
            typer.echo(dumps({"target": word, "name": name}))
        return
    rows = [(word, name.partition(".")[0]) for name, word in words.items()]
    for line in columns([("TARGET", "TUPLE"), *rows]):
        typer.echo(line)


def _tell_as_json(directory: Path, words: Sequence[str], kept: Sequence[str]) -> None:
    from json import dumps

    typer.echo(dumps({"project": str(directory.resolve()), "targets": words, "kept": kept}))


def _tell(directory: Path, words: Sequence[str], kept: Sequence[str]) -> None:
    import shlex

    typer.echo(str(directory.resolve()))
    for name in kept:
        typer.echo(
            f"{name} is yours, and as it was; add: /builds/* /history/* /volumes/*", err=True
        )
    typer.echo("next:", err=True)
    if directory.resolve() != Path.cwd():
        typer.echo(f"  cd {shlex.quote(str(directory))}", err=True)
    typer.echo("  bh-container doctor", err=True)
    typer.echo(f"  bh-container build {' '.join(words)}", err=True)
