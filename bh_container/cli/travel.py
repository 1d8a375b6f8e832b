"""`history export | import | push | pull`: snapshots leave this machine, and come to another."""

from pathlib import Path
from typing import Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.history import Lines, Name, manifest_line
from bh_container.cli.options import Directory, Url

Registry = Annotated[
    str, typer.Argument(metavar="REGISTRY", help="HOST[:PORT]/PREFIX, as for podman push.")
]

Packages = Annotated[
    bool,
    typer.Option("--packages/--no-packages", help="The binary packages too.", show_default=False),
]


def export(
    snapshot: Name = "newest",
    kind: Annotated[
        str | None,
        typer.Option("--type", help="squashfs or files; by default the setting hist_type."),
    ] = None,
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Write what leaves this machine into the snapshot's directory; it is checked on import.

    Example: bh-container history export newest
    """
    from bh_container.cli.place import open_project
    from bh_container.cli.workshop import Given, open_workshop
    from bh_container.run.export import export_snapshot

    with exits():
        options = {"directory": directory, "podman_url": url, "hist_type": kind}
        project, settings = open_project(options)
        with open_workshop(project, settings, Given(options=options)) as shop:
            exported = export_snapshot(shop, snapshot)
        typer.echo(manifest_line(exported) if json else project.history / exported.id)


def import_(
    export: Annotated[
        Path, typer.Argument(metavar="DIR", help="An exported snapshot: a copy of history/<date>.")
    ],
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Bring a snapshot back, on this machine or another; the next build goes on from it.

    Every file is checked before anything is done. Killed, the same command goes on.

    Example: bh-container history import /media/backup/20260101T120000Z
    """
    from bh_container.cli.workshop import open_plainly
    from bh_container.run.restore import import_snapshot

    with exits(), open_plainly(directory, url) as shop:
        imported = import_snapshot(shop, export)
        typer.echo(manifest_line(imported) if json else f"imported {imported.id}")


def push(
    registry: Registry,
    snapshot: Name = "newest",
    packages: Packages = True,
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Send a snapshot to an OCI registry; layers that it has are not sent again.

    The binary packages that there are go with it, and those that are there are not sent again.
    Log in with podman login. Without TLS only to a registry on this machine.

    Example: bh-container history push registry.example.org/boards
    """
    from bh_container.cli.workshop import open_plainly
    from bh_container.run.travel import push_snapshot

    with exits(), open_plainly(directory, url) as shop:
        pushed = push_snapshot(shop, registry, snapshot, packages=packages)
        typer.echo(manifest_line(pushed) if json else f"pushed {pushed.id}")


def pull(
    registry: Registry,
    snapshot: Annotated[
        str, typer.Argument(metavar="SNAPSHOT", help="An id, or 'newest': pushed last.")
    ] = "newest",
    packages: Packages = True,
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Bring a snapshot from an OCI registry; the next build goes on from it, as after import.

    Example: bh-container history pull registry.example.org/boards
    """
    from bh_container.cli.workshop import open_plainly
    from bh_container.run.travel import pull_snapshot

    with exits(), open_plainly(directory, url) as shop:
        pulled = pull_snapshot(shop, registry, snapshot, packages=packages)
        typer.echo(manifest_line(pulled) if json else f"pulled {pulled.id}")
