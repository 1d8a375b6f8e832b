"""The order in which tests are given to processes."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from tests.schedule import LabScheduling

FAST = [f"tests/run/test_step.py::test_{n}" for n in range(5)]
SMALL = ["tests/lab/test_small.py::test_it_boots", "tests/lab/test_crash.py::test_a_crash"]
SHIPPED = ["tests/lab/test_boot.py::test_it_boots", "tests/lab/test_build.py::test_it_is_built"]
COLLECTION = [*SHIPPED, *FAST, *SMALL]


@dataclass(eq=False)
class Process:
    """One of xdist's, which is told what to run."""

    gateway = SimpleNamespace(id="gw")
    shutting_down: bool = False
    given: list[str] = field(default_factory=list)

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += [COLLECTION[index] for index in indices]

    def shutdown(self) -> None:
        self.shutting_down = True


def scheduled() -> tuple[LabScheduling, Process, Process]:
    """Two processes that have been given the first they have to do."""
    option = SimpleNamespace(loadscopereorder=False)
    scheduling = LabScheduling(SimpleNamespace(option=option, getvalue=lambda _: ["2*popen"]))
    processes = Process(), Process()
    for process in processes:
        scheduling.add_node(process)
        scheduling.add_node_collection(process, COLLECTION)
    scheduling.schedule()
    return scheduling, *processes


def end(scheduling: LabScheduling, process: Process, *tests: str) -> None:
    """These tests of a process have ended."""
    for test in tests:
        scheduling.mark_test_complete(process, COLLECTION.index(test))


def test_while_the_first_build_makes_seed_and_host_no_other_build_does() -> None:
    scheduling, first, second = scheduled()
    assert set(first.given[:2]) == set(SMALL)
    end(scheduling, second, *(test for test in FAST if test in second.given))
    assert set(second.given) <= set(FAST)


def test_once_they_are_there_builds_come_first() -> None:
    scheduling, first, second = scheduled()
    end(scheduling, first, first.given[0])
    before = len(second.given)
    end(scheduling, second, *second.given)
    assert set(second.given[before : before + 2]) == set(SHIPPED)


def test_with_nothing_else_to_do_the_second_build_does_not_wait() -> None:
    scheduling, _, second = scheduled()
    done = 0
    while done < len(second.given) and second.given[done] in FAST:
        end(scheduling, second, second.given[done])
        done += 1
    assert set(second.given[done:]) == set(SHIPPED)
