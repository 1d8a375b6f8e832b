"""How many compilers may run at a time, shared out among the targets at work."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Budget:
    """`total` jobs. A step holds its share while it runs, so that all together stay within it."""

    def __init__(self, total: int, parties: int) -> None:
        self._free = total
        self._total = total
        self._parties = parties
        self._changed = threading.Condition()

    @contextmanager
    def share(self) -> Iterator[int]:
        """Hold a fair share of the jobs, at least one; wait for one where none is free."""
        with self._changed:
            self._changed.wait_for(lambda: self._free > 0)
            taken = min(self._free, max(1, self._total // max(self._parties, 1)))
            self._free -= taken
        try:
            yield taken
        finally:
            with self._changed:
                self._free += taken
                self._changed.notify_all()

    def environment(self, share: int) -> Mapping[str, str]:
        """What keeps emerge and make within a share; nothing while there is one party alone."""
        if self._parties <= 1:
            return {}
        return {
            "BH_JOBS": str(share),
            "BH_PACKAGES": "1",
            "MAKEOPTS": f"-j{share} -l{self._total}",
        }

    def leave(self) -> None:
        """One party fewer: the others' next shares are larger."""
        with self._changed:
            self._parties -= 1
