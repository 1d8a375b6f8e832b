"""Stopping what runs, from outside of the threads that run it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Interrupted(KeyboardInterrupt):
    """The user wanted everything to stop; what was begun can be gone on with."""


class Interrupt:
    """One wish to stop, shared by all threads of a build.

    A thread says how its work can be ended for as long as it runs; `stop` ends all of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._enders: list[Callable[[], None]] = []
        self.wanted = False

    @contextmanager
    def ending_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Have `end` called when the work in this context is to stop.

        Raises `Interrupted` instead of beginning when that is wanted already.
        """
        with self._lock:
            if self.wanted:
                raise Interrupted
            self._enders.append(end)
        try:
            yield
        finally:
            with self._lock:
                self._enders.remove(end)

    def stop(self) -> None:
        """End all work that is under way, and let none begin."""
        with self._lock:
            self.wanted = True
            enders = list(self._enders)
        for end in enders:
            end()
