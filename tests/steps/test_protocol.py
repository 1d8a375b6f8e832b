"""run.sh, what it calls, attach.sh and stop.sh for real: as root, without a container."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container import steps
from tests.conftest import cannot

SECONDS = 20
NEEDED = ("bash", "unshare", "tee", "pgrep", "pkill", "awk", "tail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The scripts, copied to where they look for each other and for nothing of this machine."""

    directory: Path

    def step(self, text: str) -> None:
        (self.directory / "step.sh").write_text(f"set -euo pipefail\n{text}\n")

    @property
    def record(self) -> Path:
        return self.directory / "log/01-step"

    def file(self, ending: str) -> Path:
        return self.record.with_suffix(f".{ending}")

    @property
    def log(self) -> str:
        return self.file("log").read_text()

    @property
    def status(self) -> int:
        return int(self.file("status").read_text())

    def words(self, script: str) -> list[str]:
        first = ["step.sh"] if script == "run.sh" else []
        return ["bash", str(self.directory / script), *first, str(self.record)]

    def call(self, script: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.words(script), capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def start(self, script: str) -> "subprocess.Popen[str]":
        """Run in the background; its end is noticed at once, as the engine does."""
        process = subprocess.Popen(self.words(script), stdout=subprocess.PIPE, text=True)
        threading.Thread(target=process.wait, daemon=True).start()
        return process

    def wait_for(self, text: str) -> None:
        """Until the step has written this."""
        end = time.monotonic() + SECONDS
        while not (self.file("log").exists() and text in self.log):
            assert time.monotonic() < end, f"no {text!r} in the log"
            time.sleep(0.01)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    if os.geteuid() != 0:
        cannot("a PID namespace takes root")
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        cannot(f"there is no {' '.join(missing)}")
    probe = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child", "true"]
    if subprocess.run(probe, check=False, capture_output=True).returncode != 0:
        cannot("unshare makes no PID namespace here")
    for name in ("run.sh", "memory.sh", "attach.sh", "stop.sh"):
        text = (steps.DIRECTORY / name).read_text()
        (tmp_path / name).write_text(text.replace("/bh/steps/", f"{tmp_path}/"))
    (tmp_path / "log").mkdir()
    room = Room(directory=tmp_path)
    yield room
    room.call("stop.sh")


@pytest.mark.parametrize(
    ("text", "status", "output"),
    [
        ("echo out; echo err >&2", 0, "out\nerr\n"),
        ("exit 7", 7, ""),
        ("echo a; false; echo b", 1, "a\n"),
        ("kill -KILL $$", 137, ""),
        ("cat", 0, ""),
        ("printf 'no newline'", 0, "no newline"),
    ],
)
def test_how_a_step_ended_is_on_record(room: Room, text: str, status: int, output: str) -> None:
    room.step(text)
    done = room.call("run.sh")
    # The first process of a PID namespace cannot kill itself by a signal.
    if "kill" not in text:
        assert (done.returncode, room.status) == (status, status)
    assert done.returncode == room.status
    assert room.log == done.stdout == output
    assert not room.file("pid").exists()


def test_a_second_run_adds_to_the_log_and_forgets_the_status(room: Room) -> None:
    room.step("echo one; exit 3")
    room.call("run.sh")
    room.step("echo two")
    room.call("run.sh")
    assert (room.log, room.status) == ("one\ntwo\n", 0)


def test_the_step_sees_its_environment(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BH_LIST", "a b")
    room.step('echo "$BH_LIST"')
    room.call("run.sh")
    assert room.log == "a b\n"


def test_nothing_of_a_step_outlives_it(room: Room) -> None:
    # Other tests of this machine may have sleepers of their own.
    sleeper = f"sleep 1000.{os.getpid()}"
    room.step(f"setsid {sleeper} & echo started")
    room.call("run.sh")
    assert room.status == 0
    found = subprocess.run(["pgrep", "-f", f"^{sleeper}$"], capture_output=True, check=False)
    assert found.stdout == b""


def test_a_steps_mounts_are_its_own_where_all_mounts_are_shared(room: Room) -> None:
    """Neither what it mounts is seen outside, nor is anything gone there that it unmounts."""
    place = room.directory / "place"
    place.mkdir()
    room.step(f"mount -t tmpfs own {place}; touch {place}/seen; umount --lazy /dev/pts; echo done")
    # A machine of its own, as systemd leaves one: every mount is shared.
    script = """
        set -e
        mount --make-rshared /
        cat /proc/self/mountinfo; echo after
        "$@" >/dev/null
        cat /proc/self/mountinfo
    """
    words = ["unshare", "--mount", "bash", "-c", script, "bash", *room.words("run.sh")]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=SECONDS)
    before, after = (machines_mounts(table) for table in done.stdout.split("after\n"))
    assert (room.log, room.status) == ("done\n", 0)
    assert any(" /dev/pts " in line and "shared:" in line for line in before)
    assert after == before
    assert list(place.iterdir()) == []


def machines_mounts(table: str) -> list[str]:
    """The mounts of a table that no container of another test comes and goes with."""
    lines = table.splitlines()
    return [line for line in lines if line.split()[4].startswith(("/dev", "/proc", "/sys"))]


def test_the_step_runs_on_without_a_reader(room: Room) -> None:
    room.step(f"echo first; while [ ! -e {room.directory}/go ]; do sleep 0.01; done; echo last")
    with room.start("run.sh") as process:
        room.wait_for("first")
        assert process.stdout is not None
        process.stdout.close()
        (room.directory / "go").touch()
        process.wait(SECONDS)
    assert (room.log, room.status) == ("first\nlast\n", 0)


def test_a_running_step_is_attached_to_until_its_status_is_there(room: Room) -> None:
    room.step(f"echo first; while [ ! -e {room.directory}/go ]; do sleep 0.01; done; echo last")
    with room.start("run.sh") as process:
        room.wait_for("first")
        with room.start("attach.sh") as attached:
            # It reads from the end of the log: let it get there.
            time.sleep(0.3)
            (room.directory / "go").touch()
            output, _ = attached.communicate(timeout=SECONDS)
        assert room.status == 0
        assert attached.returncode == 0
        assert output == "last\n"
        process.wait(SECONDS)


@pytest.mark.parametrize("pid", [None, "", "1", "999999999", "nonsense"])
def test_there_is_nothing_to_attach_to_or_to_stop(room: Room, pid: str | None) -> None:
    if pid is not None:
        room.file("pid").write_text(pid)
    assert room.call("attach.sh").returncode == 3
    assert room.call("stop.sh").returncode == 0
    assert not room.file("stop").exists()


@pytest.mark.parametrize(
    "text",
    [
        "echo ready; sleep 1000; echo more",
        "trap '' TERM INT; echo ready; while :; do sleep 0.1 || true; done",
        "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done",
        "setsid bash -c \"trap '' TERM; echo ready; sleep 1000; sleep 1000\"",
    ],
    ids=["obeys", "ignores", "ends well", "another session"],
)
def test_a_stopped_step_has_failed(room: Room, text: str) -> None:
    room.step(text)
    with room.start("run.sh") as process:
        room.wait_for("ready")
        assert room.call("stop.sh").returncode == 0
        assert process.wait(SECONDS) == 143
    assert room.status == 143
    assert not room.file("pid").exists()
    assert room.call("attach.sh").returncode == 3


def test_a_stopped_step_can_run_again(room: Room) -> None:
    room.step("echo ready; sleep 1000; echo more")
    with room.start("run.sh") as process:
        room.wait_for("ready")
        room.call("stop.sh")
        process.wait(SECONDS)
    room.step("echo again")
    assert room.call("run.sh").returncode == 0
    assert room.status == 0


def test_a_script_may_change_while_it_runs(room: Room) -> None:
    """bash reads a file as it goes; an update of ours must not change a step that runs."""
    room.step(f"echo first; while [ ! -e {room.directory}/go ]; do sleep 0.01; done; echo last")
    with room.start("run.sh") as process:
        room.wait_for("first")
        (room.directory / "step.sh").write_text("echo other\n" * 50)
        (room.directory / "go").touch()
        process.wait(SECONDS)
    assert room.log == "first\nlast\n"


MIB = 1 << 20
HOLDER = """\
import pathlib, sys, time
held = bytes([1]) * (100 << 20)
pathlib.Path(sys.argv[1]).touch()
while not all(pathlib.Path(name).exists() for name in sys.argv[1:]):
    time.sleep(0.01)
time.sleep(1)
"""
"""Has 100 MiB until a second after all of the files that it is given are there; makes the first."""


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("hold one two & hold two one & wait", 200, 260),
        ("hold one; hold two", 100, 160),
        ("head --bytes=200M /dev/zero >kept; sleep 0.5", 0, 60),
    ],
    ids=["two at a time", "one after the other", "a file"],
)
def test_the_memory_that_its_processes_had_at_a_time(
    room: Room, text: str, least: int, most: int
) -> None:
    """Of nobody else: in a PID namespace, as a container has one."""
    (room.directory / "holder.py").write_text(HOLDER)
    hold = f'hold() {{ {sys.executable} holder.py "$@"; }}'
    room.step(f"cd {room.directory}; {hold}; {text}")
    words = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child", *room.words("run.sh")]
    subprocess.run(words, check=True, capture_output=True, timeout=SECONDS)
    pages = int(room.file("memory").read_text())
    assert least * MIB <= pages * os.sysconf("SC_PAGE_SIZE") <= most * MIB


def test_the_status_is_there_on_a_disk_that_the_step_has_filled(room: Room) -> None:
    log = room.file("log").parent
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "full", log], check=True)
    try:
        room.step(f"head --bytes=1M /dev/zero >{log}/filled || exit 5")
        ended = room.call("run.sh")
        assert ended.returncode == 5
        assert "No space left on device" in ended.stdout
        assert room.status == 5
    finally:
        subprocess.run(["umount", log], check=True)


def test_a_step_does_not_begin_on_a_disk_without_room(room: Room) -> None:
    log = room.file("log").parent
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "full", log], check=True)
    try:
        (log / "filled").write_bytes(bytes(4096))
        room.step(f"touch {room.directory}/begun")
        assert room.call("run.sh").returncode != 0
        assert not room.file("status").exists()
        assert not (room.directory / "begun").exists()
    finally:
        subprocess.run(["umount", log], check=True)
