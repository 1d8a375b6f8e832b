"""What ends a build that somebody waits for, and what does not: processes, on a fake engine."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.processes import PATIENCE, Place
from tests.tmux import wait_until


@pytest.fixture
def place(project: Path) -> Place:
    """A project in which the world waits for `go`."""
    (project / "hold").touch()
    return Place(root=project)


@pytest.fixture
def builds() -> Iterator[list["subprocess.Popen[str]"]]:
    """Those in here are killed at the end, if they still run."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for build in started:
        with suppress(ProcessLookupError):
            build.kill()


def at_the_world(place: Place, build: "subprocess.Popen[str]") -> "subprocess.Popen[str]":
    wait_until(lambda: "world" in place.begun(), "the world")
    return build


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_build_that_is_told_to_end_stops_its_step_and_can_be_resumed(
    place: Place, builds: list["subprocess.Popen[str]"], name: str
) -> None:
    builds.append(at_the_world(place, place.start("build", "box")))
    builds[0].send_signal(signal.Signals[name])
    output, _ = builds[0].communicate(timeout=PATIENCE)
    assert builds[0].returncode == 130
    assert "the same command goes on from here" in output
    status, output = place.run("status", "box")
    assert status == 0, output
    assert "interrupted" in output
    assert "world" in output
    assert "bh-container build box" in output


def test_under_nohup_a_terminal_may_be_closed(
    place: Place, builds: list["subprocess.Popen[str]"]
) -> None:
    ignored = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        builds.append(place.start("build", "box"))
    finally:
        signal.signal(signal.SIGHUP, ignored)
    at_the_world(place, builds[0]).send_signal(signal.SIGHUP)
    (place.root / "go").touch()
    output, _ = builds[0].communicate(timeout=PATIENCE)
    assert builds[0].returncode == 0, output
    assert place.begun().count("world") == 1
