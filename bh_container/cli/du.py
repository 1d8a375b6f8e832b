"""`bh-container du`: what takes how much space."""

from typing import Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Url

HEAD = ("WHAT", "NAME", "SIZE", "OWN", "NOTE")
Json = Annotated[bool, typer.Option("--json", help="One JSON object per thing.")]


def du(directory: Directory = None, url: Url = None, json: Json = False) -> None:
    """Show what each snapshot, image, container, build, volume and cache takes.

    SIZE is all of it, OWN what would be given back if it alone went: snapshots share layers. In
    the total, what is shared counts once.

    Example: bh-container du --json
    """
    from bh_container.cli.workshop import open_plainly
    from bh_container.run.usage import measure

    with exits(), open_plainly(directory, url) as shop:
        measured = measure(shop)
        if json:
            from dataclasses import asdict
            from json import dumps

            for usage in measured.usages:
                typer.echo(dumps(asdict(usage)))
            typer.echo(dumps({"thing": "total", "size": measured.total}))
            return
        from bh_container.cli.columns import columns, mebibytes

        rows = [
            (one.thing, one.name, mebibytes(one.size), mebibytes(one.own), one.note)
            for one in measured.usages
        ]
        total = ("total", "", mebibytes(measured.total), "", "")
        for line in columns([HEAD, *rows, total]):
            typer.echo(line)
