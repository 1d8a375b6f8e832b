"""Stopping what runs, from outside of the threads that run it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

HEARING_SECONDS = 0.5
"""How long the main thread waits at most without looking up: a signal that comes just before a wait
begins is only seen by Python when the wait ends."""


class Interrupted(KeyboardInterrupt):
    """The user wanted everything to stop; what was begun can be gone on with."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """Something under way: `stop` ends it in order, `kill` at any price."""

    stop: Callable[[], None]
    kill: Callable[[], None]


class Interrupt:
    """One wish to stop, shared by all threads of a build."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work: list[Work] = []
        self.wanted = False

    @contextmanager
    def stopping(self, work: Work) -> Iterator[None]:
        """Have the work of this context end when that is wanted, and raise `Interrupted` then.

        Where it is wanted already, the work does not begin.
        """
        with self._lock:
            if self.wanted:
                raise Interrupted
            self._work.append(work)
        try:
            yield
        finally:
            with self._lock:
                self._work.remove(work)
        if self.wanted:
            raise Interrupted

    def stop(self) -> None:
        """End all work that is under way in order, and let none begin."""
        self.wanted = True
        self._each(lambda work: work.stop())

    def kill(self) -> None:
        """End all work that is under way at once."""
        self.wanted = True
        self._each(lambda work: work.kill())

    def _each(self, end: Callable[[Work], None]) -> None:
        with self._lock:
            threads = [threading.Thread(target=end, args=[work]) for work in self._work]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(HEARING_SECONDS)
