"""Which tests go to the same process of pytest-xdist: those that share a lab build."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

WHOLE = frozenset({"test_boot.py", "test_build.py", "test_changes.py", "test_single.py"})
"""The files of `tests/lab` that need all of rpi4-bb-mini; the others share smaller builds."""


class LabScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A process for each of the two lab projects; every other test goes where there is room."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.parent != PurePosixPath("tests/lab"):
            return nodeid
        return "rpi4-bb-mini" if file.name in WHOLE else "lab"
