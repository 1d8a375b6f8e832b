"""Opening what a command works with: project, settings, engine, and a screen for the events."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bh_container.cli.place import open_project
from bh_container.config.project import Project
from bh_container.config.settings import Settings
from bh_container.engine.podman import open_engine
from bh_container.engine.protocol import Engine
from bh_container.events import Listener
from bh_container.run.budget import Budget
from bh_container.run.settle import settle
from bh_container.run.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the command line said: settings by name, and how to show events."""

    options: Mapping[str, object | None]
    plain: bool = False
    json: bool = False


@contextmanager
def open_workshop(project: Project, settings: Settings, given: Given) -> Iterator[Workshop]:
    """A workshop with an engine and a screen, both closed at the end."""
    with (
        open_screen(given) as screen,
        open_podman(settings) as engine,
    ):
        shop = Workshop(
            engine=engine,
            project=project,
            settings=settings,
            tell=screen,
            budget=Budget(total=settings.jobs, parties=1),
        )
        settle(shop)
        yield shop


@contextmanager
def open_podman(settings: Settings) -> Iterator[Engine]:
    """An engine alone, as the settings have it."""
    with open_engine(settings.podman_url, os.environ) as engine:
        yield engine


@contextmanager
def open_plainly(directory: object | None, url: str | None) -> Iterator[Workshop]:
    """A workshop for a command that says little, in the project of the option or from here up."""
    options = {"directory": directory, "podman_url": url}
    project, settings = open_project(options)
    with open_workshop(project, settings, Given(options=options)) as shop:
        yield shop


@contextmanager
def open_screen(given: Given) -> Iterator[Listener]:
    """What shows events, as the options and the terminal will have it."""
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
