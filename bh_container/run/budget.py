"""How many compilers may run at a time, shared out among the targets at work.

A share is held by a step from its beginning to its end, and parted again between packages at a time
and compilers per package. A jobserver would hand on what is not used, but it has to be passed
through emerge by name, which GNU make 4.4 was the first to understand: an older one fails on it.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bh_container.config.jobs import packages_at_a_time

_MAKE_JOBS = re.compile(r"(?:^|\s)(?:-j|--jobs)[ =]*(\d*)")


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
        packages = packages_at_a_time(share)
        return {
            "BH_JOBS": str(share),
            "BH_PACKAGES": str(packages),
            "MAKEOPTS": f"-j{share // packages}",
        }

    def leave(self) -> None:
        """One party fewer: the others' next shares are larger."""
        with self._changed:
            self._parties -= 1


def packages_beside(jobs: int, makeopts: str) -> int:
    """How many packages, each built by a make with these options, stay within so many jobs."""
    found = _MAKE_JOBS.search(makeopts)
    if found is None:
        return jobs
    # Without a number make starts as many as it can.
    return max(1, jobs // int(found[1])) if found[1] else 1
