"""`bh-container why-compiled`: why no binary package was used."""

from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory

if TYPE_CHECKING:
    from bh_container.run.why import Compilation


def why_compiled(
    package: Annotated[str, typer.Argument(help="category/package, or package alone.")],
    directory: Directory = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per unit.")] = False,
) -> None:
    """Say why the host and each target compiled a package the last time they did.

    Example: bh-container why-compiled sys-devel/gcc
    """
    from bh_container.cli.place import project_of
    from bh_container.run import why

    with exits():
        project = project_of(directory)
        for one in why.why_compiled(project, why.all_units(project), package):
            typer.echo(_json(one) if json else _text(one))


def _json(one: "Compilation") -> str:
    from json import dumps

    built = {"name": one.built.name, "version": one.built.version, "time": one.built.time}
    why = {"cause": one.cause, "detail": one.detail, "log": one.log and str(one.log)}
    return dumps({"unit": one.unit, **built, **why})


def _text(one: "Compilation") -> str:
    from datetime import datetime

    day = f"{datetime.fromtimestamp(one.built.time):%Y-%m-%d %H:%M}"
    what = f"{one.built.name}-{one.built.version}"
    line = f"{one.unit}: {what}, {day}: {one.cause}: {one.detail}"
    return f"{line}\n  {one.log}" if one.log else line
