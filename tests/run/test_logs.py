"""Finding logs, and following one that grows."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bh_container.config.project import Project
from bh_container.plan.step import Done
from bh_container.run.journal import Begun, Journal, Run
from bh_container.run.lock import exclusive
from bh_container.run.logs import Growth, LogUnknown, find_log, follow, growth
from bh_container.run.record import Record
from tests.config.tree import write_tree

FILES: Mapping[str, str] = {
    "20240101T000000Z-ffff/01-world.log": "old\n",
    "20240101T000000Z-ffff/all.log": "all old\n",
    "20240102T000000Z-0000/01-world.log": "new\n",
    "20240102T000000Z-0000/01-world.status": "0\n",
    "20240102T000000Z-0000/07-kernel.log": "",
    "20240102T000000Z-0000/08-kernel.log": "",
    "20240102T000000Z-0000/09-final-net.log": "net\n",
    "20240102T000000Z-0000/all.log": "all new\n",
    "20240102T000000Z-0000/packages.tsv": "",
    "no-run.log": "",
}
RUN = "20240102T000000Z-0000"
NET = Begun(step="final:net", key="k", record="09-final-net")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    write_tree(project.logs("box"), FILES)
    os.utime(project.logs("box") / RUN / "07-kernel.log", (2, 2))
    os.utime(project.logs("box") / RUN / "08-kernel.log", (1, 1))
    return project


@pytest.fixture
def log(project: Project) -> Path:
    return project.logs("box") / RUN / "09-final-net.log"


@pytest.fixture
def end(log: Path) -> Path:
    return log.with_suffix(".status")


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (None, "all.log"),
        ("world", "01-world.log"),
        ("final:net", "09-final-net.log"),
        ("final-net", "09-final-net.log"),
        ("kernel", "07-kernel.log"),
    ],
)
def test_logs_of_the_newest_run(project: Project, step: str | None, name: str) -> None:
    assert find_log(project, "box", step) == project.logs("box") / RUN / name


@pytest.mark.parametrize("step", ["word", "09-final-net", "net", "all", ""])
def test_a_log_that_is_not_there(project: Project, step: str) -> None:
    with pytest.raises(LogUnknown) as error:
        find_log(project, "box", step)
    assert str(error.value) == (
        f"{project.logs('box') / RUN}: there is no log of a step '{step}'\n"
        "  there are logs of: world, kernel, final-net"
    )


def test_a_run_without_logs(project: Project) -> None:
    run = project.logs("box") / "20250101T000000Z-0000"
    run.mkdir()
    with pytest.raises(LogUnknown, match=r"there is no all\.log") as error:
        find_log(project, "box", None)
    assert error.value.remedy is None


def test_a_unit_that_never_ran(project: Project) -> None:
    with pytest.raises(LogUnknown, match="no step of 'host' has run yet"):
        find_log(project, "host", None)


def test_logs_have_the_names_that_records_give_them(project: Project) -> None:
    run = project.logs("box") / RUN
    record = Record.of_step(run, 9, "final:net")
    assert find_log(project, "box", "final:net") == record.log


@pytest.mark.parametrize("act", ["nothing", "opened", "another begun", "done", "ended"])
@pytest.mark.parametrize("held", [True, False])
def test_a_log_that_is_whole(project: Project, log: Path, end: Path, act: str, held: bool) -> None:
    journal = Journal(project.journal_file("box"))
    if act != "nothing":
        journal.run_opened(Run(id=RUN, base="b"))
    if act == "another begun":
        journal.step_begun(Begun(step="kernel", key="k", record="07-kernel"))
    if act in ("done", "ended"):
        journal.step_begun(NET)
    if act == "done":
        journal.step_done("final:net", Done(key="k", fingerprint={}, seconds=0))
    if act == "ended":
        end.write_text("0\n")
    if held:
        with exclusive("box", project.lock_file("box")):
            assert growth(project, "box", log) is None
    else:
        assert growth(project, "box", log) is None


def test_logs_that_grow(project: Project, log: Path, end: Path) -> None:
    journal = Journal(project.journal_file("box"))
    journal.run_opened(Run(id=RUN, base="b"))
    journal.step_begun(NET)
    lock, whole = project.lock_file("box"), log.with_name("all.log")
    assert growth(project, "box", log) is None
    assert growth(project, "box", whole) is None
    with exclusive("box", lock):
        assert growth(project, "box", log) == Growth(pid=os.getpid(), lock=lock, end=end)
        assert growth(project, "box", whole) == Growth(pid=os.getpid(), lock=lock)
        old = project.logs("box") / "20240101T000000Z-ffff/09-final-net.log"
        assert growth(project, "box", old) is None


BUILDER = """
import sys
from pathlib import Path
from bh_container.run.lock import exclusive
lock, log, end = map(Path, sys.argv[1:])
with exclusive("box", lock):
    print(flush=True)
    for line in sys.stdin:
        if line == "release\\n":
            break
        if line == "end\\n":
            new = end.with_name("status.new")
            new.write_text("0\\n")
            new.replace(end)
            continue
        with log.open("a") as file:
            file.write(line)
print(flush=True)
sys.stdin.read()
"""


class Builder:
    """Another process that works on the unit, line by line as it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


@pytest.fixture
def builder(project: Project, log: Path, end: Path) -> Iterator[Builder]:
    paths = map(str, (project.lock_file("box"), log, end))
    words = [sys.executable, "-c", BUILDER, *paths]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield Builder(process)
        finally:
            process.kill()


@pytest.mark.parametrize("way", ["end", "release", "kill"])
def test_following_to_the_end(
    project: Project, log: Path, end: Path, builder: Builder, way: str
) -> None:
    """The step's end, the lock's release and the builder's death each end it, at once."""
    growing = Growth(pid=builder.process.pid, lock=project.lock_file("box"), end=end)
    pieces = follow(log, growing)
    assert next(pieces) == b"net\n"
    for word in ("one", "two"):
        builder.say(word)
        assert next(pieces) == f"{word}\n".encode()
    if way == "kill":
        builder.process.kill()
    else:
        builder.say("last words")
        builder.say(way)
    assert b"".join(pieces) == (b"" if way == "kill" else b"last words\n")


def test_what_is_over_already_is_read_once(project: Project, log: Path) -> None:
    lock = project.lock_file("box")
    lock.parent.mkdir(parents=True)
    lock.touch()
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert list(follow(log, Growth(pid=gone.pid, lock=lock))) == [b"net\n"]


def test_a_lock_that_another_process_took_over(project: Project, log: Path) -> None:
    lock = project.lock_file("box")
    with exclusive("box", lock):
        assert not Growth(pid=os.getpid(), lock=lock).is_over()
        assert list(follow(log, Growth(pid=1, lock=lock))) == [b"net\n"]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_follower_that_goes_leaves_nothing_open(
    project: Project, log: Path, builder: Builder
) -> None:
    before = open_files()
    pieces = follow(log, Growth(pid=builder.process.pid, lock=project.lock_file("box")))
    next(pieces)
    assert open_files() > before
    pieces.close()
    assert open_files() == before
