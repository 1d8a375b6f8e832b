"""`bh-container build`: from configurations to images that boot."""

from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.bundle import bundled
from bh_container.cli.complete import complete_target_or_set
from bh_container.cli.exits import exits
from bh_container.cli.options import RunOptions

if TYPE_CHECKING:
    from bh_container.run.workshop import Workshop


@bundled
def build(
    targets: Annotated[
        list[str],
        typer.Argument(
            help="Names of targets (directories in configs/), or @SET of the settings.",
            autocompletion=complete_target_or_set,
        ),
    ],
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="SNAPSHOT",
            help="A snapshot to start from (bh-container history list), or 'none'.",
        ),
    ] = None,
    *,
    options: RunOptions,
) -> None:
    """Build targets: kernel, initramfs and squashfs images, in builds/.

    Several targets are built side by side. What is done already is not done again, so the same
    command goes on after a failure or an interruption.

    Example: bh-container build rpi4-bb-mini
    """
    with exits():
        run_build(targets, options, start)


def run_build(targets: list[str], options: RunOptions, start: str | None) -> None:
    """Build, or mount a snapshot where MOUNT_HIST asks for that instead."""
    # Imported here: what a build needs would slow down every --help.
    from bh_container.cli.job import at_work, read_job, show_results
    from bh_container.cli.workshop import open_workshop
    from bh_container.run.build import build as build_targets

    job = read_job(targets, options, start=start)
    if job.settings.mount_hist:
        with open_workshop(job.project, job.settings, job.given) as shop:
            _mount(shop, options.json)
        return
    with at_work(job) as shop:
        results = build_targets(shop, job.wanted)
    show_results(results, options)


def _mount(shop: "Workshop", json: bool) -> None:
    from bh_container.cli.history import show_places
    from bh_container.history.look import mount_snapshot
    from bh_container.history.shelf import NEWEST
    from bh_container.run.beginning import LAST, find_snapshot

    word = shop.settings.build_hist
    found = find_snapshot(shop, NEWEST if word == LAST else word)
    places = mount_snapshot(shop.engine, found)
    show_places(found.id, {unit: str(path) for unit, path in places.items()}, json)
