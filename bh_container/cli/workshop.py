"""Opening what a command works with: project, settings, engine, and a screen for the events."""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.project import Project, find_project
from bh_container.config.settings import Settings, resolve
from bh_container.engine.podman import open_engine
from bh_container.events import Event, Listener
from bh_container.run.budget import Budget
from bh_container.run.workshop import Workshop
from bh_container.ui.log import RunLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the command line said: settings by name, and how to show events."""

    options: Mapping[str, object | None]
    plain: bool = False
    json: bool = False


def open_project(options: Mapping[str, object | None]) -> tuple[Project, Settings]:
    """The project of the working directory or of the options, and the settings in force."""
    where = resolve({"directory": options.get("directory")}, os.environ, None).directory
    project = find_project(where, Path.cwd())
    return project, resolve(options, os.environ, project.settings_file)


@contextmanager
def open_workshop(project: Project, settings: Settings, given: Given) -> Iterator[Workshop]:
    """A workshop with an engine and a screen, both closed at the end."""
    with (
        _screen(given) as screen,
        open_engine(settings.podman_url, os.environ) as engine,
    ):
        log, one_at_a_time = RunLog(), threading.Lock()

        def tell(event: Event) -> None:
            with one_at_a_time:
                log(event)
                screen(event)

        budget = Budget(total=settings.jobs, parties=1)
        yield Workshop(engine=engine, project=project, settings=settings, tell=tell, budget=budget)


@contextmanager
def _screen(given: Given) -> Iterator[Listener]:
    if given.json:
        from bh_container.ui.json_lines import JsonLines

        yield JsonLines(sys.stdout)
    elif given.plain or not sys.stderr.isatty():
        from bh_container.ui.plain import PlainLines

        yield PlainLines(sys.stderr)
    else:
        from bh_container.ui.bars import Bars

        bars = Bars(sys.stderr)
        try:
            yield bars
        finally:
            bars.close()
