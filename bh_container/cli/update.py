"""`bh-container update`: the lock moves forward, and what it changes is built."""

from typing import Annotated

import typer

from bh_container.cli.complete import complete_target_or_set
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Jobs, Json, Plain, Seed, Tmux, Unsigned, Url


def update(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Targets to build, or @SET; those built before by default.",
            autocompletion=complete_target_or_set,
        ),
    ] = None,
    pretend: Annotated[
        bool, typer.Option("--pretend", "-p", help="Only show what would change.")
    ] = False,
    stage3: Annotated[
        bool, typer.Option("--stage3", help="Take the newest stage3 too: the host is built anew.")
    ] = False,
    seed: Seed = None,
    jobs: Jobs = None,
    directory: Directory = None,
    url: Url = None,
    plain: Plain = False,
    json: Json = False,
    unsigned_seed: Unsigned = None,
    tmux: Tmux = None,
) -> None:
    """Move bh-container.lock to what is newest, after showing what changes, and build.

    Example: bh-container update --pretend
    """
    # Imported here: what a build needs would slow down every --help.
    from bh_container.cli.board import answers, attended
    from bh_container.cli.workshop import Given, open_project, open_workshop
    from bh_container.events import Note
    from bh_container.run.build import build, expand_sets, read_wanted
    from bh_container.run.update import built_targets, look_ahead, move_lock

    with exits():
        options = {
            "directory": directory,
            "seed": seed,
            "jobs": jobs,
            "podman_url": url,
            "unsigned_seed": unsigned_seed,
            "tmux": tmux,
        }
        project, settings = open_project(options)
        words = expand_sets(targets or built_targets(project), settings.sets)
        directories = list(dict.fromkeys(project.find_target(word) for word in words))
        wanted = read_wanted(project.host_directory(settings.host), directories)
        given = Given(options=options, plain=plain, json=json)
        who = answers(tmux=settings.tmux, detached=False, json=json)
        with open_workshop(project, settings, given) as opened, attended(opened, who) as shop:
            forward = look_ahead(shop, wanted, newest_seed=stage3)
            for line in forward.changes or ("the lock is at what is newest",):
                shop.tell(Note(unit="lock", text=line))
            if pretend:
                return
            move_lock(shop, forward)
            results = build(shop, wanted) if wanted.targets else []
        if not json:
            for result in results:
                typer.echo(result)
