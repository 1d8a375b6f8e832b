"""`bh-container status`: how far the host and each target are, and what to do next."""

from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.complete import complete_unit
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory

if TYPE_CHECKING:
    from bh_container.run.status import Status

HEAD = ("UNIT", "STATE", "STEP", "SINCE", "NEXT", "MORE")
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def status(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of targets, or 'host'; all by default.", autocompletion=complete_unit
        ),
    ] = None,
    directory: Directory = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per unit.")] = False,
) -> None:
    """Show how the host and each target stand, and the command to go on with.

    Reads what builds have written down: it needs no Podman, and disturbs no build.

    Example: bh-container status rpi4-bb-mini
    """
    with exits():
        import time

        from bh_container.cli.columns import columns
        from bh_container.cli.place import project_of
        from bh_container.run.status import find_unit, judge, look, units_of

        project = project_of(directory)
        words = units_of(project)
        units = dict.fromkeys(find_unit(project, word) for word in targets or words)
        now = time.time()
        found = [judge(look(project, unit, words[unit]), now) for unit in units]
        for line in map(_json, found) if json else columns([HEAD, *map(_row, found)]):
            typer.echo(line)


def _json(status: "Status") -> str:
    from dataclasses import asdict
    from json import dumps

    return dumps({**asdict(status), "standing": status.standing}, default=str)


def _row(status: "Status") -> tuple[str, ...]:
    return (
        status.word,
        status.standing,
        status.step or "-",
        _since(status),
        _next(status),
        ", ".join(_more(status)),
    )


def _next(status: "Status") -> str:
    return " or ".join(filter(None, (status.next, ", ".join(status.others)))) or "-"


def _more(status: "Status") -> list[str]:
    more = []
    if status.pid is not None:
        more.append(f"process {status.pid}")
    if status.status is not None:
        more.append(f"status {status.status}")
    more += [str(path) for path in (status.log, status.result) if path]
    return more


def _since(status: "Status") -> str:
    """A local time, and how long ago it was, in the largest unit that fits."""
    from datetime import datetime

    if status.since is None or status.seconds is None:
        return "-"
    unit, name = next((one for one in _UNITS if status.seconds >= one[0]), _UNITS[-1])
    when = datetime.fromtimestamp(status.since).astimezone()
    return f"{when:%Y-%m-%d %H:%M:%S} ({status.seconds // unit:.0f} {name})"
