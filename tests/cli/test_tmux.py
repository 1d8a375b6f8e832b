"""A tmux window for each target: real windows and keys, on a build whose engine is a fake."""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.processes import STAND_IN, Place
from tests.conftest import cannot
from tests.run.stage import Crew
from tests.run.test_target import ALL
from tests.tmux import Tmux, wait_until

QUESTION = "s, r, t, a or l"


@pytest.fixture
def place(project: Path, tmp_path: Path) -> Iterator[Place]:
    """A project, and a directory of its own for tmux, whose servers are ended."""
    if shutil.which("tmux") is None:
        cannot("there is no tmux: apt-get install tmux")
    place = Place(root=project)
    place.environment["TMUX_TMPDIR"] = str(tmp_path)
    place.environment["SHELL"] = "/bin/sh"
    yield place
    for words in ((), ("-L", "own")):
        Tmux(environment=place.environment, words=words).end()


def test_a_failed_target_is_mended_in_its_window_and_the_build_ends_well(place: Place) -> None:
    broken = place.root / "broken.box"
    broken.touch()
    tmux = Tmux(environment=place.environment, words=("-L", "own"))
    build = shlex.join([*STAND_IN, "build", "--tmux", "box", "second"])
    tmux("-f", "/dev/null", "new-session", "-d", "-n", "main", "-x", "200", "-y", "50", "sh")
    tmux.type("main", f"cd {place.root}; {build}; echo status-$?")
    tmux.shows("box", QUESTION)
    assert "modules: failed with status 1" in tmux.screen("box")
    wait_until(lambda: "second" not in tmux.windows(), "the end of what is complete")
    tmux.type("box", "s")
    tmux.shows("box", "bash-")
    tmux.type("box", f"rm {broken}; exit")
    tmux.shows("box", QUESTION, times=2)
    tmux.type("box", "r")
    tmux.shows("main", "status-0")
    wait_until(lambda: tmux.windows() == ["main"], "the end of all windows")
    checkpoints = [step for step in place.begun() if step in ALL]
    assert checkpoints.count("modules") == 2
    assert checkpoints.count("world") == 1


def test_outside_tmux_a_session_opens_and_what_failed_keeps_a_shell(place: Place) -> None:
    (place.root / "broken.box").touch()
    place.environment["TMUX_MODE"] = "on"
    build = place.start("build", "box")
    tmux = Tmux(environment=place.environment)
    wait_until(lambda: QUESTION in tmux.screen("box"), "the question")
    tmux.type("box", "l")
    output, _ = build.communicate()
    assert build.returncode == 3
    assert f"tmux attach -t bh-container-{build.pid}" in output
    tmux.type("box", "echo still-$((40 + 2))")
    tmux.shows("box", "still-42")


def test_who_closes_the_window_at_the_question_leaves_everything(place: Place) -> None:
    (place.root / "broken.box").touch()
    build = place.start("build", "--tmux", "box", "second")
    tmux = Tmux(environment=place.environment)
    tmux.shows("box", QUESTION)
    tmux("kill-window", "-t", ":box")
    output, _ = build.communicate()
    assert build.returncode == 3
    assert "bh-container resume box" in output
    assert "second| complete" in output


def test_without_tmux(
    project: Path, crew: Crew, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("build", "--tmux", "box")
    assert result.exit_code == 2
    assert "apt-get install tmux" in result.stderr
    assert crew.ran == []
