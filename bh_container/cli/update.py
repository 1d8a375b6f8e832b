"""`bh-container update`: the lock moves forward, and what it changes is built."""

from typing import Annotated

import typer

from bh_container.cli.bundle import bundled
from bh_container.cli.complete import complete_target_or_set
from bh_container.cli.exits import exits
from bh_container.cli.options import RunOptions


@bundled
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
    *,
    options: RunOptions,
) -> None:
    """Move bh-container.lock to what is newest, after showing what changes, and build.

    Example: bh-container update --pretend
    """
    # Imported here: what a build needs would slow down every --help.
    from bh_container.cli.job import at_work, read_job, show_results
    from bh_container.events import Note
    from bh_container.run.build import build
    from bh_container.run.update import look_ahead, move_lock

    with exits():
        job = read_job(targets, options)
        with at_work(job) as shop:
            forward = look_ahead(shop, job.wanted, newest_seed=stage3)
            for line in forward.changes or ("the lock is at what is newest",):
                shop.tell(Note(unit="lock", text=line))
            if pretend:
                return
            move_lock(shop, forward)
            results = build(shop, job.wanted) if job.wanted.targets else []
        show_results(results, options)
