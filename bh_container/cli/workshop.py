"""Opening what a command works with: project, settings, engine, and a screen for the events."""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bh_container.cli.ask import ask
from bh_container.cli.place import project_of
from bh_container.config.project import Project
from bh_container.config.settings import Settings, resolve
from bh_container.config.target import load_target
from bh_container.engine.podman import open_engine
from bh_container.events import Event, Listener
from bh_container.run import host
from bh_container.run.budget import Budget
from bh_container.run.choice import Choice
from bh_container.run.shell import Shell, host_shell, target_shell
from bh_container.run.step import StepFailed
from bh_container.run.workshop import Workshop
from bh_container.ui.log import RunLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the command line said: settings by name, and how to show events."""

    options: Mapping[str, object | None]
    plain: bool = False
    json: bool = False
    interactive: bool = False


def open_project(options: Mapping[str, object | None]) -> tuple[Project, Settings]:
    """The project of the working directory or of the options, and the settings in force."""
    project = project_of(options.get("directory"))
    return project, resolve(options, os.environ, project.settings_file)


@contextmanager
def open_workshop(project: Project, settings: Settings, given: Given) -> Iterator[Workshop]:
    """A workshop with an engine and a screen, both closed at the end."""
    with (
        _screen(given) as screen,
        open_engine(settings.podman_url, os.environ) as engine,
    ):
        board = Board(screen)
        shop = Workshop(
            engine=engine,
            project=project,
            settings=settings,
            tell=board.tell,
            budget=Budget(total=settings.jobs, parties=1),
        )
        if given.interactive and not given.json and sys.stdin.isatty() and sys.stderr.isatty():
            shop = replace(shop, ask=lambda failure: _ask(shop, board, failure))
        yield shop


@contextmanager
def open_plainly(directory: object | None, url: str | None) -> Iterator[Workshop]:
    """A workshop for a command that says little, in the project of the option or from here up."""
    options = {"directory": directory, "podman_url": url}
    project, settings = open_project(options)
    with open_workshop(project, settings, Given(options=options)) as shop:
        yield shop


class Board:
    """Hands events of all threads to the log and the screen, one at a time.

    While the screen is taken for something else, events go to the log alone.
    """

    def __init__(self, screen: Listener) -> None:
        self._screen = screen
        self._log = RunLog()
        self._lock = threading.Lock()
        self.taken = False

    def tell(self, event: Event) -> None:
        """Log the event and show it."""
        with self._lock:
            self._log(event)
            if not self.taken:
                self._screen(event)


def _ask(shop: Workshop, board: Board, failure: StepFailed) -> Choice:
    def shell(unit: str) -> Shell:
        if unit == host.UNIT:
            return host_shell(shop)
        return target_shell(shop, load_target(shop.project.find_target(unit)))

    board.taken = True
    try:
        return ask(failure, shell)
    finally:
        board.taken = False


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
