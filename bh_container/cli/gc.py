"""`bh-container gc`: remove what nothing needs any more."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.bundle import bundled
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Url

if TYPE_CHECKING:
    from bh_container.history.keep import Rules
    from bh_container.history.sweep import Removal
    from bh_container.run.workshop import Workshop

DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would go; change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per thing.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOptions:
    """What stays, and what may go."""

    keep_last: Annotated[
        int | None,
        typer.Option("--keep-last", min=1, help="Keep so many newest builds of each target."),
    ] = None
    keep_within: Annotated[
        str | None,
        typer.Option(
            "--keep-within", help="Keep the builds of so long a time: 12h, 30d, 8w, 6m, 1y."
        ),
    ] = None
    former: Annotated[
        bool,
        typer.Option(
            "--former",
            help="Of a project that was moved here from another filesystem, also what Podman's "
            "store has from before. Not where the original is still in use.",
        ),
    ] = False


@bundled
def gc(
    dry_run: DryRun = False,
    directory: Directory = None,
    url: Url = None,
    json: Json = False,
    *,
    options: KeepOptions,
) -> None:
    """Remove what nothing needs any more, of this project alone.

    Without rules that is what runs left that were given up, or killed, and images that nothing
    stands on. With rules, snapshots, builds and logs go too, those that no rule names. What can be
    resumed, what has a tag, and the newest snapshot and build of each target always stay.

    Example: bh-container gc --keep-last 3 --keep-within 30d --dry-run
    """
    with exits():
        from bh_container.cli.workshop import open_plainly
        from bh_container.history.keep import Rules, age_of

        within = None if options.keep_within is None else age_of(options.keep_within)
        rules = Rules(last=options.keep_last, within=within, former=options.former)
        with open_plainly(directory, url) as shop:
            (_survey if dry_run else _clean)(shop, rules, json)


def _survey(shop: "Workshop", rules: "Rules", json: bool) -> None:
    import time

    from bh_container.run.clean import survey

    sweep = survey(shop, rules, time.time())
    for removal, size in zip(sweep.removals, sweep.sizes, strict=True):
        typer.echo(_line(removal, size, json))
    _summary(sum(sweep.sizes), sweep.busy, f"{len(sweep.removals)} would go, with")


def _clean(shop: "Workshop", rules: "Rules", json: bool) -> None:
    import time

    from bh_container.engine.protocol import EngineError
    from bh_container.run.clean import NotRemoved, cleaning, remove

    refused, freed, count = {}, 0, 0
    with cleaning(shop, rules, time.time()) as sweep:
        for removal, size in zip(sweep.removals, sweep.sizes, strict=True):
            try:
                remove(shop, removal)
            except (EngineError, OSError) as error:
                refused[removal.name] = str(error)
                continue
            typer.echo(_line(removal, size, json))
            freed, count = freed + size, count + 1
    _summary(freed, sweep.busy, f"{count} removed, with")
    if refused:
        raise NotRemoved(refused)


def _line(removal: "Removal", size: int, json: bool) -> str:
    from dataclasses import asdict
    from json import dumps

    from bh_container.cli.columns import mebibytes

    if json:
        return dumps({**asdict(removal), "size": size})
    return f"{removal.kind} {removal.name}: {removal.why} ({mebibytes(size)})"


def _summary(size: int, busy: tuple[str, ...], words: str) -> None:
    from bh_container.cli.columns import mebibytes

    if busy:
        what = "images and snapshots are left alone, and what belongs to them"
        typer.echo(f"a process works on {', '.join(busy)}: {what}", err=True)
    typer.echo(f"{words} {mebibytes(size)}", err=True)
