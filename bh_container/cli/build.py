"""`bh-container build`: from configurations to images that boot."""

from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.complete import complete_target_or_set
from bh_container.cli.exits import exits
from bh_container.cli.options import (
    Detach,
    Directory,
    From,
    Jobs,
    Json,
    Plain,
    Seed,
    Tmux,
    Unsigned,
    Url,
)

if TYPE_CHECKING:
    from bh_container.run.workshop import Workshop


def build(
    targets: Annotated[
        list[str],
        typer.Argument(
            help="Names of targets (directories in configs/), or @SET of the settings.",
            autocompletion=complete_target_or_set,
        ),
    ],
    seed: Seed = None,
    jobs: Jobs = None,
    start: From = None,
    directory: Directory = None,
    url: Url = None,
    plain: Plain = False,
    json: Json = False,
    unsigned_seed: Unsigned = None,
    tmux: Tmux = None,
    detach: Detach = False,
) -> None:
    """Build targets: kernel, initramfs and squashfs images, in builds/.

    Several targets are built side by side. What is done already is not done again, so the same
    command goes on after a failure or an interruption.

    Example: bh-container build rpi4-bb-mini
    """
    # Imported here: what a build needs would slow down every --help.
    from bh_container.cli.board import answers, attended
    from bh_container.cli.detach import detach as split
    from bh_container.cli.workshop import Given, open_project, open_workshop
    from bh_container.run.build import build as build_targets
    from bh_container.run.build import expand_sets, read_wanted

    with exits():
        options = {
            "directory": directory,
            "seed": seed,
            "jobs": jobs,
            "podman_url": url,
            "build_hist": start,
            "unsigned_seed": unsigned_seed,
            "tmux": tmux,
        }
        project, settings = open_project(options)
        words = expand_sets(targets, settings.sets)
        directories = list(dict.fromkeys(project.find_target(word) for word in words))
        wanted = read_wanted(project.host_directory(settings.host), directories)
        given = Given(options=options, plain=plain or detach, json=json)
        if settings.mount_hist:
            with open_workshop(project, settings, given) as shop:
                _mount(shop, json)
            return
        background = split(project.log) if detach else None
        who = answers(tmux=settings.tmux, detached=detach, json=json)
        with open_workshop(project, settings, given) as opened, attended(opened, who) as shop:
            if background:
                background.announce()
            results = build_targets(shop, wanted)
        if not json:
            for result in results:
                typer.echo(result)


def _mount(shop: "Workshop", json: bool) -> None:
    """What MOUNT_HIST asks for instead of a build."""
    from bh_container.cli.history import show_places
    from bh_container.history.look import mount_snapshot
    from bh_container.history.shelf import NEWEST
    from bh_container.run.beginning import LAST, find_snapshot

    word = shop.settings.build_hist
    found = find_snapshot(shop, NEWEST if word == LAST else word)
    places = mount_snapshot(shop.engine, found)
    show_places(found.id, {unit: str(path) for unit, path in places.items()}, json)
