"""Which tests go to the same process of pytest-xdist: those that share a lab build."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

LAB = PurePosixPath("tests/lab")
SHARED = {
    "all of rpi4-bb-mini": frozenset({"boot", "build", "changes", "single"}),
    "nothing but hosts": frozenset(
        {"complete", "host", "kernels", "qemu64", "riscv", "stage3", "toybox", "tuples"}
    ),
    "five targets": frozenset({"parallel"}),
    "six lists": frozenset({"stack"}),
}
"""What the files `tests/lab/test_NAME.py` share; what is not named here, the small target."""


TOGETHER = frozenset({"tests/cli/test_wheel.py"})
"""Files whose tests share what takes long to make."""


class LabScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A process for what shares a lab build; every other test goes where there is room."""

    def mark_test_complete(self, node: object, item_index: int, duration: float = 0.0) -> None:
        """Forget what is complete: at each event xdist counts through all that it keeps."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.parent != LAB:
            return str(file) if str(file) in TOGETHER else nodeid
        name = file.stem.removeprefix("test_")
        return next((what for what, files in SHARED.items() if name in files), "the small target")
