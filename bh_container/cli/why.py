"""`bh-container why-compiled`: why no binary package was used."""

from datetime import datetime
from typing import Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory


def why_compiled(
    package: Annotated[str, typer.Argument(help="category/package, or package alone.")],
    directory: Directory = None,
) -> None:
    """Say why the host and each target compiled a package the last time they did.

    Example: bh-container why-compiled sys-devel/gcc
    """
    from bh_container.cli.place import project_of
    from bh_container.run import why

    with exits():
        project = project_of(directory)
        for one in why.why_compiled(project, why.all_units(project), package):
            day = f"{datetime.fromtimestamp(one.built.time):%Y-%m-%d %H:%M}"
            what = f"{one.built.name}-{one.built.version}"
            typer.echo(f"{one.unit}: {what}, {day}: {one.cause}: {one.detail}")
            if one.log:
                typer.echo(f"  {one.log}")
