"""What `build` and `update` have in common: reading what is wanted, and a workshop to do it in."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from bh_container.cli.board import answers, attended
from bh_container.cli.detach import detach
from bh_container.cli.options import RunOptions
from bh_container.cli.place import open_project
from bh_container.cli.workshop import Given, open_workshop
from bh_container.config.project import Project
from bh_container.config.settings import Settings
from bh_container.config.wanted import Wanted, expand_sets, read_wanted
from bh_container.run.update import built_targets
from bh_container.run.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the command line asks for, read and checked; `given` is for the workshop to do it in."""

    project: Project
    settings: Settings
    wanted: Wanted
    options: RunOptions
    given: Given


def read_job(
    targets: Sequence[str] | None, options: RunOptions, *, start: str | None = None
) -> Job:
    """The job of building these targets and sets; of those built before, where none is named.

    `start` is the snapshot to start from, where the command line names one.
    """
    told = {**options.settings, "build_hist": start}
    project, settings = open_project(told)
    words = expand_sets(targets or built_targets(project), settings.sets)
    directories = list(dict.fromkeys(project.find_target(word) for word in words))
    wanted = read_wanted(project.host_directory(settings.host), directories)
    given = Given(options=told, plain=options.plain or options.detach, json=options.json)
    return Job(project=project, settings=settings, wanted=wanted, options=options, given=given)


@contextmanager
def at_work(job: Job) -> Iterator[Workshop]:
    """A workshop for the job; with --detach in the background, once it is open."""
    options = job.options
    background = detach(job.project.log) if options.detach else None
    who = answers(tmux=job.settings.tmux, detached=options.detach, json=options.json)
    with (
        open_workshop(job.project, job.settings, job.given) as opened,
        attended(opened, who) as shop,
    ):
        if background:
            background.announce()
        yield shop


def show_results(results: Iterable[Path], options: RunOptions) -> None:
    """Print the build directories, where the events have not said them already."""
    if not options.json:
        for result in results:
            typer.echo(result)
