"""`bh-container history`: the snapshots that builds have left."""

from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bh_container.history.shelf import Shelf
    from bh_container.history.snapshot import Snapshot

HEAD = ("SNAPSHOT", "NEW", "IN ALL", "EXPORTED", "TAGS", "TARGETS")
PART_HEAD = ("UNIT", "NEW", "IN ALL", "STEPS", "BUILD", "IMAGE")

app = typer.Typer(
    help="Look at the snapshots that builds have left, and move them about.\n\n"
    "Example: bh-container history list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[
    str, typer.Argument(metavar="SNAPSHOT", help="An id, its beginning, a tag, or 'newest'.")
]
Lines = Annotated[bool, typer.Option("--json", help="One JSON object per snapshot.")]


@app.command(name="list")
def list_snapshots(directory: Directory = None, json: Lines = False) -> None:
    """List all snapshots, the oldest first. It needs no Podman.

    Example: bh-container history list
    """
    from bh_container.cli.columns import columns

    with exits():
        found = _shelf(directory).all()
        for line in map(manifest_line, found) if json else columns([HEAD, *map(_row, found)]):
            typer.echo(line)


@app.command()
def show(snapshot: Name = "newest", directory: Directory = None, json: Lines = False) -> None:
    """Show what a snapshot holds. It needs no Podman.

    Example: bh-container history show newest
    """
    from bh_container.cli.columns import columns

    with exits():
        found = _shelf(directory).find(snapshot)
        if json:
            typer.echo(manifest_line(found))
            return
        typer.echo(f"snapshot {found.id}, on {found.parent or 'nothing'}")
        for line in columns([PART_HEAD, *_part_rows(found)]):
            typer.echo(line)
        for name, archive in found.archives.items():
            typer.echo(f"{name}: {archive.size} bytes, sha256 {archive.sha256}")


@app.command()
def tag(
    snapshot: Name,
    name: Annotated[str, typer.Argument(help="Letters, digits, '.', '_' and '-'.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the tag away.")] = False,
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Give a snapshot a name: it is found by it, and kept as long as it has one.

    Example: bh-container history tag newest release-1
    """
    from bh_container.cli.workshop import open_plainly
    from bh_container.run.snapshot import tag_snapshot, untag_snapshot

    with exits(), open_plainly(directory, url) as shop:
        change = untag_snapshot if remove else tag_snapshot
        tagged = change(shop, snapshot, name)
        typer.echo(
            manifest_line(tagged) if json else f"{tagged.id}: {', '.join(tagged.tags) or 'no tag'}"
        )


@app.command()
def remove(
    snapshots: Annotated[list[str], typer.Argument(metavar="SNAPSHOT...", help="As for show.")],
    force: Annotated[
        bool, typer.Option("--force", help="Also what has a tag, or what a next build starts from.")
    ] = False,
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Remove snapshots, with what was exported of them.

    An image goes with its last snapshot. Killed, the same command finishes it.

    Example: bh-container history remove 20260101
    """
    from json import dumps

    from bh_container.cli.workshop import open_plainly
    from bh_container.run.snapshot import remove_snapshots

    with exits(), open_plainly(directory, url) as shop:
        for gone in remove_snapshots(shop, snapshots, force=force):
            typer.echo(dumps({"id": gone, "removed": True}) if json else f"removed {gone}")


@app.command()
def mount(
    snapshot: Name = "newest", directory: Directory = None, url: Url = None, json: Lines = False
) -> None:
    """Make a snapshot visible: print a directory for the host, and for each target's sysroot.

    What is written there is gone after umount; the snapshot does not change.

    Example: bh-container history mount newest
    """
    from bh_container.cli.workshop import open_plainly
    from bh_container.history.look import mount_snapshot
    from bh_container.run.beginning import find_snapshot

    with exits(), open_plainly(directory, url) as shop:
        found = find_snapshot(shop, snapshot)
        places = mount_snapshot(shop.engine, found)
        show_places(found.id, {unit: str(path) for unit, path in places.items()}, json)


def show_places(snapshot: str, places: "Mapping[str, str]", json: bool) -> None:
    """Print where a snapshot is mounted."""
    from json import dumps

    from bh_container.cli.columns import columns

    if json:
        typer.echo(dumps({"id": snapshot, "mounted": places}))
        return
    for line in columns(list(places.items())):
        typer.echo(line)


@app.command()
def umount(
    snapshot: Name = "newest",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    directory: Directory = None,
    url: Url = None,
    json: Lines = False,
) -> None:
    """Undo mount, and end every shell on the snapshot.

    On a terminal it asks first, unless the setting umount_ask says otherwise.

    Example: bh-container history umount newest
    """
    import sys
    from json import dumps

    from bh_container.cli.workshop import open_plainly
    from bh_container.history.look import unmount_snapshot
    from bh_container.history.shelf import Shelf

    with exits(), open_plainly(directory, url) as shop:
        found = Shelf(shop.project.history).find(snapshot)
        if shop.settings.umount_ask and not yes and sys.stdin.isatty():
            typer.confirm(f"unmount {found.id}?", default=True, abort=True, err=True)
        was = unmount_snapshot(shop.engine, found)
        words = "unmounted" if was else "it was not mounted:"
        typer.echo(dumps({"id": found.id, "unmounted": was}) if json else f"{words} {found.id}")


def _shelf(directory: Directory) -> "Shelf":
    from bh_container.cli.place import project_of
    from bh_container.history.shelf import Shelf

    return Shelf(project_of(directory).history)


def manifest_line(snapshot: "Snapshot") -> str:
    """The manifest on one line, without what each step was made from."""
    from json import dumps, loads

    from bh_container.history.snapshot import encode

    manifest = loads(encode(snapshot))
    for part in manifest["parts"].values():
        part["steps"] = {name: done["key"] for name, done in part["steps"].items()}
    return dumps(manifest)


def _row(snapshot: "Snapshot") -> tuple[str, ...]:
    from bh_container.cli.columns import mebibytes

    return (
        snapshot.id,
        mebibytes(snapshot.own),
        mebibytes(snapshot.size),
        "yes" if snapshot.archives else "no",
        " ".join(snapshot.tags) or "-",
        " ".join(snapshot.targets),
    )


def _part_rows(snapshot: "Snapshot") -> list[tuple[str, ...]]:
    from bh_container.cli.columns import mebibytes

    return [
        (
            unit,
            mebibytes(part.own),
            mebibytes(part.size),
            str(len(part.steps)),
            part.result or "-",
            part.image[:12],
        )
        for unit, part in snapshot.parts.items()
    ]
