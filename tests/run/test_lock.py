"""One process at a time works on a unit."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bh_container.run.lock import Busy, exclusive, holder

HOLDER = """
import sys
from pathlib import Path
from bh_container.run.lock import exclusive
with exclusive("box", Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "box.lock"


@pytest.fixture
def worker(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_with_the_holders_id(
    lock: Path, worker: subprocess.Popen[str]
) -> None:
    words = f"box: process {worker.pid} is working on it"
    with pytest.raises(Busy, match=words) as error, exclusive("box", lock):
        pass
    assert error.value.exit_status == 2


def test_who_waits_gets_it_when_the_other_has_ended(
    lock: Path, worker: subprocess.Popen[str]
) -> None:
    threading.Timer(0.05, worker.kill).start()
    with exclusive("box", lock, wait=True):
        assert lock.read_text() == str(os.getpid())
    worker.wait()


def test_a_killed_holder_holds_nothing(lock: Path, worker: subprocess.Popen[str]) -> None:
    worker.kill()
    worker.wait()
    with exclusive("box", lock):
        assert lock.read_text() == str(os.getpid())


def test_the_lock_is_released_at_the_end(lock: Path) -> None:
    for _ in range(2):
        with exclusive("box", lock):
            pass
    with pytest.raises(RuntimeError), exclusive("box", lock):
        raise RuntimeError
    with exclusive("box", lock):
        pass


def test_a_process_is_not_its_own_exception(lock: Path) -> None:
    busy = pytest.raises(Busy, match=str(os.getpid()))
    with exclusive("box", lock), busy, exclusive("box", lock):
        pass


def test_another_unit_is_free(lock: Path, worker: subprocess.Popen[str]) -> None:
    assert worker.poll() is None
    with exclusive("other", lock.with_name("other.lock")):
        pass


def test_who_holds_a_lock(lock: Path, worker: subprocess.Popen[str]) -> None:
    assert holder(lock) == worker.pid
    lock.write_text("1")
    assert holder(lock) == worker.pid, "the file's words are for people"
    worker.kill()
    worker.wait()
    assert holder(lock) is None


def test_asking_leaves_no_trace(lock: Path) -> None:
    assert holder(lock) is None
    assert not lock.parent.exists()
    with exclusive("box", lock):
        before = lock.stat()
        assert holder(lock) == os.getpid()
        assert lock.stat() == before
    assert holder(lock) is None


def test_a_lock_of_which_only_reading_is_allowed(lock: Path) -> None:
    with exclusive("box", lock):
        lock.chmod(0o444)
        assert holder(lock) == os.getpid()


def test_asking_refuses_nobody(lock: Path) -> None:
    """However often, and at whatever moment somebody asks."""
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            holder(lock)

    with ThreadPoolExecutor(max_workers=2) as onlookers:
        asking = [onlookers.submit(ask) for _ in range(2)]
        try:
            for _ in range(300):
                with exclusive("box", lock):
                    pass
        finally:
            ended.set()
        for one in asking:
            one.result()
