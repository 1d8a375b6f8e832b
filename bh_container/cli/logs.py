"""`bh-container logs`: what the steps of the newest run wrote."""

import shutil
from typing import Annotated

import typer

from bh_container.cli.complete import complete_unit
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory


def logs(
    target: Annotated[
        str, typer.Argument(help="A target's name, or 'host'.", autocompletion=complete_unit)
    ],
    step: Annotated[
        str | None, typer.Argument(help="A step, such as world or final:net; all by default.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the step, or the run, has ended.")
    ] = False,
    directory: Directory = None,
) -> None:
    """Print the log of the newest run of a target or the host, or of one of its steps.

    With --follow, the log of what nobody works on is printed as it is.

    Example: bh-container logs --follow rpi4-bb-mini world
    """
    with exits():
        from bh_container.cli.place import project_of
        from bh_container.run.logs import find_log, growth
        from bh_container.run.logs import follow as follow_log
        from bh_container.run.status import find_unit

        project = project_of(directory)
        unit = find_unit(project, target)
        log = find_log(project, unit, step)
        growing = growth(project, unit, log) if follow else None
        out = typer.get_binary_stream("stdout")
        if growing is None:
            with log.open("rb") as file:
                shutil.copyfileobj(file, out)
            return
        for piece in follow_log(log, growing):
            out.write(piece)
            out.flush()
