"""Which tests share a process of pytest-xdist, since they share a lab build, and in what order."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

LAB = PurePosixPath("tests/lab")
SMALL = "the small target"
SHARED = {
    "all of rpi4-bb-mini": frozenset({"boot", "build", "changes", "single"}),
    "a complete system, and one file": frozenset({"complete", "qemu64"}),
    "hosts and their tuples": frozenset({"host", "riscv", "stage3", "tuples"}),
    "six lists": frozenset({"stack"}),
    "five targets": frozenset({"parallel"}),
    "a dist-kernel": frozenset({"kernels"}),
    "toybox": frozenset({"toybox"}),
}
"""What the files `tests/lab/test_NAME.py` share; what is not named here, the small target."""

LONGEST_FIRST = (SMALL, *SHARED)
"""Then the processes end at about the same time, with what takes a moment."""

TOGETHER = frozenset({"tests/cli/test_wheel.py"})
"""Files whose tests share what takes long to make."""


class LabScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A process for what shares a lab build; every other test goes where there is room."""

    prepared = False
    """Whether a lab test has ended: what all builds begin with is there, the seed and a host."""

    def mark_test_complete(self, node: object, item_index: int, duration: float = 0.0) -> None:
        """Forget what is complete: at each event xdist counts through all that it keeps."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        self.prepared = self.prepared or scope in LONGEST_FIRST
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]

    def _assign_work_unit(self, node: object) -> None:
        builds = [what for what in LONGEST_FIRST if what in self.workqueue]
        chosen = next(iter(builds), None)
        if chosen != SMALL and not self.prepared:
            chosen = next((what for what in self.workqueue if what not in LONGEST_FIRST), chosen)
        if chosen:
            self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.parent != LAB:
            return str(file) if str(file) in TOGETHER else nodeid
        name = file.stem.removeprefix("test_")
        return next((what for what, files in SHARED.items() if name in files), SMALL)
