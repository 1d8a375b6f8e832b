"""`bh-container diff` and `bh-container history diff`: what changed between two results."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import BuildWord, Directory, Url

if TYPE_CHECKING:
    from bh_container.history.diff import Difference

SnapshotWord = Annotated[
    str, typer.Argument(help="A snapshot's id, a beginning of it, a tag, or 'newest'.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per difference.")]


def diff(one: BuildWord, other: BuildWord, directory: Directory = None, json: Json = False) -> None:
    """Compare two builds: packages with versions and USE, kernel options, sizes and files.

    A target's name stands for its newest build. Images that are the same byte for byte are not
    looked into. Needs no Podman.

    Example: bh-container diff builds/x86_64-pc-linux-musl.box.20260101T101500Z box
    """
    with exits():
        from bh_container.cli.place import build_of
        from bh_container.history.diff import compare
        from bh_container.output.contents import build_contents

        contents = build_contents(build_of(one, directory), build_of(other, directory))
        _show(compare(*contents), json)


def history_diff(
    one: SnapshotWord,
    other: SnapshotWord,
    directory: Directory = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Compare two snapshots: of the host and of each target, packages with versions and USE,
    kernel options, sizes and files.

    Example: bh-container history diff release-1 newest
    """
    with exits():
        from bh_container.cli.workshop import open_plainly
        from bh_container.history.contents import snapshot_contents
        from bh_container.history.diff import compare
        from bh_container.history.shelf import Shelf
        from bh_container.run.lock import STORE, shared

        with open_plainly(directory, url) as shop, shared(shop.lock(STORE)):
            shelf = Shelf(shop.project.history)
            contents = snapshot_contents(shop.engine, shelf.find(one), shelf.find(other))
        _show(compare(*contents), json)


def _show(differences: "Sequence[Difference]", json: bool) -> None:
    if json:
        from dataclasses import asdict
        from json import dumps

        for one in differences:
            typer.echo(dumps({"about": _about(one), **asdict(one)}, ensure_ascii=False))
        return
    if not differences:
        typer.echo("no difference", err=True)
    about = ""
    for one in differences:
        if about != _about(one):
            about = _about(one)
            typer.echo(f"{about}s:")
        typer.echo(f"  {_text(one)}")


def _about(one: "Difference") -> str:
    """What a difference is about: package, option, size or file."""
    return type(one).__name__.removesuffix("Change").lower()


def _text(one: "Difference") -> str:
    from bh_container.history.diff import FileChange, OptionChange, PackageChange

    match one:
        case PackageChange():
            versions = _arrow(", ".join(one.before) or None, ", ".join(one.after) or None)
            return " ".join((f"{one.where}: {one.package} {versions}", *one.use))
        case OptionChange():
            return f"{one.where}: {one.option} {_arrow(one.before, one.after)}"
        case FileChange():
            return f"{one.where}: {one.path} {one.change}: {', '.join(one.what)}".rstrip(": ")
        case _:
            sizes = _arrow(
                *(None if size is None else str(size) for size in (one.before, one.after))
            )
            return f"{one.name} {sizes} bytes"


def _arrow(before: str | None, after: str | None) -> str:
    return before if before == after and before else f"{before or '(none)'} → {after or '(none)'}"
