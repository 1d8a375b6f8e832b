"""`bh-container logs`."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.run import journal as journals
from bh_container.run.journal import Begun, Journal
from bh_container.run.lock import exclusive
from tests.cli.conftest import Run
from tests.config.tree import write_tree
from tests.run.stage import BOX, Crew, write_output

RUN = "20240102T000000Z-0000"


@pytest.fixture
def logs(project: Path) -> Path:
    """The logs of a run."""
    files = {"01-world.log": "world\n", "02-final-net.log": "net\n", "all.log": "all\n"}
    (project / "volumes/log/host").mkdir(parents=True)
    write_tree(project / "volumes/log/host" / RUN, {"01-world.log": "host\n", "all.log": "h\n"})
    return write_tree(project / "volumes/log" / BOX / RUN, files)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("box",), "all\n"),
        ((BOX,), "all\n"),
        (("box", "world"), "world\n"),
        (("box", "final:net"), "net\n"),
        (("host",), "h\n"),
        (("host", "world"), "host\n"),
        (("--follow", "box"), "all\n"),
        (("-f", "box", "final:net"), "net\n"),
    ],
)
def test_printing(logs: Path, run: Run, words: tuple[str, ...], text: str) -> None:
    result = run("logs", *words)
    assert (result.exit_code, result.stdout, result.stderr) == (0, text, "")


def test_bytes_are_printed_as_they_are(logs: Path, run: Run) -> None:
    (logs / "all.log").write_bytes(b"\xff\r\n\0end")
    assert run("logs", "box").stdout_bytes == b"\xff\r\n\0end"


def test_the_log_of_a_build(project: Path, crew: Crew, run: Run) -> None:
    crew.instead["kernel"] = write_output(b"CC main.o\n")
    assert run("build", "box").exit_code == 0
    assert "  CC main.o\n" in run("logs", "box").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("box", "wold"),
            "there is no log of a step 'wold'\n  there are logs of: world, final-net",
        ),
        (("bxo",), "did you mean 'box'?"),
        (("second",), "has run yet"),
    ],
)
def test_what_is_not_there(logs: Path, run: Run, words: tuple[str, ...], message: str) -> None:
    result = run("logs", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.fixture
def follower(project: Path, logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`logs --follow` of a step that this process works on."""
    journal = Journal(project / "volumes/journal" / f"{BOX}.jsonl")
    journal.run_opened(journals.Run(id=RUN, base="b"))
    journal.step_begun(Begun(step="final:net", key="k", record="02-final-net"))
    words = [sys.executable, "-m", "bh_container", "logs", "--follow", "box", "final:net"]
    with (
        exclusive(BOX, project / "volumes/journal" / f"{BOX}.lock"),
        subprocess.Popen(words, stdout=subprocess.PIPE, cwd=project) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def test_following_a_step(logs: Path, follower: subprocess.Popen[bytes]) -> None:
    assert follower.stdout is not None
    assert follower.stdout.readline() == b"net\n"
    with (logs / "02-final-net.log").open("a") as log:
        log.write("more\n")
    assert follower.stdout.readline() == b"more\n"
    (logs / "02-final-net.status").write_text("0\n")
    assert follower.stdout.read() == b""
    assert follower.wait() == 0
