"""Where a build's events go, and who answers when one of its steps fails."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

from bh_container.cli.ask import ask
from bh_container.cli.exits import status_of
from bh_container.config.target import load_target
from bh_container.events import Event, Listener
from bh_container.run import host
from bh_container.run.choice import Choice
from bh_container.run.shell import Shell, host_shell, target_shell
from bh_container.run.step import StepFailed
from bh_container.run.workshop import Workshop
from bh_container.ui.log import RunLog
from bh_container.ui.relay import Relay
from bh_container.ui.socket import name_of
from bh_container.ui.tmux import Windows


class Answers(StrEnum):
    """Who is asked about a failed step."""

    NOBODY = "nobody"
    TERMINAL = "terminal"
    WINDOWS = "windows"
    GUESTS = "guests"


def answers(*, tmux: bool, detached: bool, json: bool) -> Answers:
    """Whom a build that was started so can ask."""
    if tmux:
        return Answers.WINDOWS
    if detached:
        return Answers.GUESTS
    if not json and sys.stdin.isatty() and sys.stderr.isatty():
        return Answers.TERMINAL
    return Answers.NOBODY


class Board:
    """Hands events of all threads on, one at a time, first of all to the logs.

    While the screen is `taken` for something else it gets none; when the terminal has gone, none
    ever again.
    """

    def __init__(self, screen: Listener) -> None:
        self._screen: Listener | None = screen
        self._log = RunLog()
        self._lock = threading.Lock()
        self.relay: Listener | None = None
        self.taken = False

    def tell(self, event: Event) -> None:
        """Log the event and show it."""
        with self._lock:
            self._log(event)
            if self._screen and not self.taken:
                try:
                    self._screen(event)
                except OSError:
                    self._screen = None
        if self.relay:
            self.relay(event)


@contextmanager
def attended(shop: Workshop, who: Answers) -> Iterator[Workshop]:
    """A workshop that others can attach to, and that asks what to do when a step fails."""
    board = Board(shop.tell)
    windows = None
    if who is Answers.WINDOWS:
        windows = Windows(shop.project.root, os.environ, board.tell)
    relay = Relay(name_of(shop.project.root, os.getpid()), windows.open if windows else None)
    board.relay = relay.tell
    shop = replace(shop, tell=board.tell)

    def shell(unit: str) -> Shell:
        return _shell(shop, unit)

    def ask_here(failure: StepFailed) -> Choice:
        board.taken = True
        try:
            return ask(failure.unit, str(failure), lambda: shell(failure.unit))
        finally:
            board.taken = False

    def ask_guest(failure: StepFailed) -> Choice:
        return relay.ask(failure, shell, shop.interrupt)

    end: tuple[int, str] = (0, "")
    try:
        match who:
            case Answers.NOBODY:
                yield shop
            case Answers.TERMINAL:
                yield replace(shop, ask=ask_here)
            case Answers.WINDOWS | Answers.GUESTS:
                yield replace(shop, ask_aside=ask_guest)
    except BaseException as error:
        end = (status_of(error), str(error))
        raise
    finally:
        relay.close(*end)


def _shell(shop: Workshop, unit: str) -> Shell:
    if unit == host.UNIT:
        return host_shell(shop)
    return target_shell(shop, load_target(shop.project.find_target(unit)))
