"""One process at a time works on a unit."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.run.lock import Busy, exclusive

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
def holder(lock: Path) -> Iterator[subprocess.Popen[str]]:
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
    lock: Path, holder: subprocess.Popen[str]
) -> None:
    words = f"box: process {holder.pid} is working on it"
    with pytest.raises(Busy, match=words) as error, exclusive("box", lock):
        pass
    assert error.value.exit_status == 2


def test_a_killed_holder_holds_nothing(lock: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
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


def test_another_unit_is_free(lock: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.poll() is None
    with exclusive("other", lock.with_name("other.lock")):
        pass
