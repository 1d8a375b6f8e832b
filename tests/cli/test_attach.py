"""Builds that go on without a terminal, and looking at what runs: processes, on a fake engine."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pexpect
import pytest

from bh_container.run.lock import holder
from tests.cli.conftest import SECOND, Run
from tests.cli.processes import CHECKOUT, PATIENCE, Place
from tests.run.stage import BOX
from tests.terminal import QUESTION, end, on_terminal
from tests.tmux import wait_until


@pytest.fixture
def place(project: Path) -> Iterator[Place]:
    """A project in which the world waits for `go`; a build that still runs is ended."""
    place = Place(root=project)
    (project / "hold").touch()
    yield place
    if pid := builder(place):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def builder(place: Place) -> int | None:
    """The process that works on the target."""
    return holder(place.root / "volumes/journal" / f"{BOX}.lock")


def detach(place: Place) -> int:
    """Start a build in the background, and wait until its world waits."""
    status, output = place.run("build", "--detach", "box")
    assert status == 0, output
    found = re.search(r"goes on as process (\d+)", output)
    assert found is not None, output
    wait_until(lambda: "world" in place.begun(), "the world")
    return int(found[1])


def command(place: Place, *words: str) -> "pexpect.spawn[str]":
    """`bh-container` on a terminal, in the project."""
    return on_terminal(
        "tests.cli.stand_in",
        *words,
        environment={**place.environment, "PYTHONPATH": str(CHECKOUT)},
        patience=PATIENCE,
        directory=place.root,
    )


def read_until(process: subprocess.Popen[str], text: str) -> None:
    """Read lines until one has this text."""
    assert process.stdout is not None
    assert any(text in line for line in process.stdout)


def report(place: Place) -> str:
    return (place.root / "volumes/log/detached.log").read_text()


def test_detached_left_and_attached_again(place: Place) -> None:
    pid = detach(place)
    assert builder(place) == pid
    os.kill(pid, signal.SIGHUP)
    first = command(place, "attach", "--plain")
    first.expect(r"box\|   the world waits")
    first.sendintr()
    first.expect("left; the build goes on")
    assert end(first) == 130
    assert builder(place) == pid
    target, whole = place.start("attach", "box"), place.start("attach", "--json")
    for attached in (target, whole):
        read_until(attached, "the world waits")
    (place.root / "go").touch()
    assert "box| complete in" in target.communicate()[0]
    assert '"event": "UnitFinished", "unit": "box"' in whole.communicate()[0]
    assert (target.returncode, whole.returncode) == (0, 0)
    wait_until(lambda: str(place.root / "builds") in report(place), "the result")


def test_an_ordinary_build_can_be_attached_to_and_seen_by_target(place: Place) -> None:
    build = place.start("build", "box", "second")
    wait_until(lambda: "world" in place.begun() and "world" in place.begun(SECOND), "both worlds")
    one = place.start("attach", "second")
    read_until(one, "second|   the world waits")
    (place.root / "go").touch()
    seen = one.communicate()[0]
    assert "second| complete in" in seen
    assert "box|" not in seen
    build.communicate()
    assert (build.returncode, one.returncode) == (0, 0)


def test_on_a_terminal_failed_targets_are_asked_about_one_after_the_other(place: Place) -> None:
    for name in ("box", "second"):
        (place.root / f"broken.{name}").touch()
    (place.root / "go").touch()
    build = command(place, "build", "box", "second")
    asked = []
    for _ in range(2):
        build.expect(rf"(box|second): {QUESTION}")
        assert isinstance(build.match, re.Match)
        asked.append(build.match[1])
        build.sendline("l")
    assert end(build) == 3
    assert sorted(asked) == ["box", "second"]


def test_with_json_nobody_is_asked_on_a_terminal_either(place: Place) -> None:
    (place.root / "broken.box").touch()
    (place.root / "go").touch()
    build = command(place, "build", "--json", "box")
    assert end(build) == 3
    assert build.before is not None
    assert QUESTION not in build.before
    assert "bh-container resume box" in build.before


def test_a_detached_build_asks_who_is_attached(place: Place) -> None:
    (place.root / "broken.box").touch()
    detach(place)
    attached = command(place, "attach")
    attached.expect("world")
    (place.root / "go").touch()
    attached.expect(QUESTION)
    (place.root / "broken.box").unlink()
    attached.sendline("r")
    assert end(attached) == 0
    assert place.begun().count("modules") == 2


def test_a_detached_build_that_nobody_looks_at_leaves_its_words(place: Place) -> None:
    (place.root / "broken.box").touch()
    detach(place)
    (place.root / "go").touch()
    wait_until(lambda: "bh-container abort box" in report(place), "the commands")
    assert "step 'modules' failed with status 1" in report(place)


def test_sigterm_stops_a_detached_build_in_order(place: Place) -> None:
    pid = detach(place)
    attached = place.start("attach")
    read_until(attached, "the world waits")
    os.kill(pid, signal.SIGTERM)
    attached.communicate()
    assert attached.returncode == 130
    assert '"event": "broke"' in journal(place)[-1]


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_terminal_that_is_closed_ends_an_ordinary_build_in_order(
    place: Place, words: tuple[str, ...]
) -> None:
    build: Any = command(place, "build", "box", *words)
    wait_until(lambda: "world" in place.begun(), "the world")
    build.ptyproc.fileobj.close()
    os.kill(build.pid, signal.SIGHUP)
    assert os.waitstatus_to_exitcode(os.waitpid(build.pid, 0)[1]) == 130
    assert '"event": "broke"' in journal(place)[-1]
    assert '"status": null' in journal(place)[-1]


def test_what_is_wrong_is_said_before_anything_detaches(place: Place) -> None:
    status, output = place.run("build", "--detach", "bax")
    assert status == 2
    assert "did you mean 'box'?" in output
    assert not (place.root / "volumes/log").exists()


@pytest.mark.parametrize("words", [(), ("box",)])
def test_there_is_nothing_to_attach_to(project: Path, run: Run, words: tuple[str, ...]) -> None:
    result = run("attach", *words)
    assert result.exit_code == 2
    assert "no build runs" in result.stderr
    assert "bh-container status" in result.stderr


def journal(place: Place) -> list[str]:
    return (place.root / "volumes/journal" / f"{BOX}.jsonl").read_text().splitlines()
