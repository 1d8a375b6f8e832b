"""`bh-container attach`: show a build that runs already, and answer its questions."""

import sys
from typing import Annotated

import typer

from bh_container.cli.complete import complete_target
from bh_container.cli.exits import INTERRUPTED, exits
from bh_container.cli.options import Directory, Json, Plain


def attach(
    target: Annotated[
        str | None,
        typer.Argument(
            help="A target's name; by default, all that the build does.",
            autocompletion=complete_target,
        ),
    ] = None,
    directory: Directory = None,
    plain: Plain = False,
    json: Json = False,
    process: Annotated[
        int | None, typer.Option(help="The process that builds; looked up by default.")
    ] = None,
) -> None:
    """Show a running build, beginning with what it said last; Ctrl-C leaves it running.

    On a terminal, asks what to do when a step fails. Ends when the build does, or the target.

    Example: bh-container attach rpi4-bb-mini
    """
    with exits():
        from contextlib import closing

        from bh_container.cli.place import project_of
        from bh_container.cli.visit import connect, visit
        from bh_container.cli.workshop import Given, open_screen
        from bh_container.run.status import find_unit

        project = project_of(directory)
        unit = find_unit(project, target) if target else None
        given = Given(options={}, plain=plain or target is not None, json=json)
        answers = not json and sys.stdin.isatty() and sys.stderr.isatty()
        with closing(connect(project, unit, process)) as line, open_screen(given) as screen:
            try:
                status = visit(line, screen, target=target, answers=answers)
            except KeyboardInterrupt:
                typer.echo("bh-container: left; the build goes on", err=True)
                raise typer.Exit(INTERRUPTED) from None
        raise typer.Exit(status)
