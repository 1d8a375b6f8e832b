"""Many targets at a time: none in another's way, and never more compilers than were allowed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.config.tree import TARGET, write_tree
from tests.fakes import Execution, FakeEngine
from tests.run.stage import Crew, write_output

ARM = "aarch64-unknown-linux-musl"
MANY = {
    "a": ARM,
    "b": ARM,
    "c": ARM,
    "d": "x86_64-unknown-linux-musl",
    "e": "armv7a-unknown-linux-musleabihf",
}
JOBS = 3


class Meter:
    """Counts how many compilers the steps that run may start, and how many targets are at it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._compilers = self._steps = 0
        self.most_compilers = self.most_steps = 0

    @contextmanager
    def counting(self, execution: Execution) -> Iterator[None]:
        given = execution.environment
        share = int(given["BH_PACKAGES"]) * int(given["MAKEOPTS"].removeprefix("-j"))
        assert int(given["BH_JOBS"]) >= share
        self._add(share, 1)
        try:
            yield
        finally:
            self._add(-share, -1)

    def _add(self, compilers: int, steps: int) -> None:
        with self._lock:
            self._compilers += compilers
            self._steps += steps
            self.most_compilers = max(self.most_compilers, self._compilers)
            self.most_steps = max(self.most_steps, self._steps)


@pytest.fixture
def many(project: Path) -> Path:
    """Five targets of three tuples."""
    for name, tuple_ in MANY.items():
        tree = {
            **TARGET,
            "split.initramfs": "",
            "target-portage/make.conf": f"CHOST={tuple_}\nROOT=/usr/${{CHOST}}/\n",
        }
        write_tree(project / "configs" / f"{tuple_}.{name}", tree)
    return project


@pytest.mark.parametrize("jobs", [1, JOBS])
def test_no_more_compilers_than_jobs(
    many: Path, crew: Crew, run: Run, fake_engine: FakeEngine, jobs: int
) -> None:
    meter = Meter()

    def answer(execution: Execution) -> int:
        if "run.sh" in execution.command[1] and "/target/" in f"/{execution.command[2]}":
            with meter.counting(execution):
                # A moment in which others can be counted, too.
                threading.Event().wait(0.002)
                return crew(execution)
        return crew(execution)

    fake_engine.answer = answer
    assert run("build", "--jobs", str(jobs), *MANY).exit_code == 0
    assert 0 < meter.most_compilers <= jobs
    assert (meter.most_steps > 1) == (jobs > 1)


def test_a_set_is_built_by_its_name_and_each_target_once(many: Path, crew: Crew, run: Run) -> None:
    settings = many / "bh-container.yaml"
    settings.write_text(f"{settings.read_text()}sets:\n  boards: [a, d]\n")
    assert run("build", "@boards", "d").exit_code == 0
    built = [path.name for path in (many / "builds").iterdir()]
    assert sorted(name.split(".")[1] for name in built) == ["a", "d"]


def test_one_that_fails_leaves_the_others_alone(many: Path, crew: Crew, run: Run) -> None:
    def modules(execution: Execution) -> int:
        return write_output(b"no\n", status=int("-b-" in execution.container))(execution)

    crew.instead["modules"] = modules
    result = run("build", *MANY)
    assert result.exit_code == 3
    built = [path.name for path in (many / "builds").iterdir() if not path.name.startswith(".")]
    assert sorted(name.split(".")[1] for name in built) == ["a", "c", "d", "e"]
    assert "b: step 'modules' failed with status 1" in result.stderr
    for command in ("shell", "resume", "retry", "abort"):
        assert f"bh-container {command} b\n" in result.stderr
        assert f"bh-container {command} a" not in result.stderr
