"""What all commands have in common: examples, --json, no colours, widths, exit statuses."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bh_container.cli.main import app
from bh_container.cli.tree import Command, read_tree
from tests.cli.conftest import Run
from tests.cli.test_documented import refused
from tests.docs.pages import all_pages, page_of
from tests.run.stage import BOX, Crew, write_output

WITHOUT_JSON = {
    "shell": "it hands the terminal over",
    "logs": "it prints a log as it is",
    "abort": "it prints nothing",
    "settings schema": "it prints one document, in JSON",
    "settings reference": "it prints a page",
}


def commands(command: Command) -> Iterator[Command]:
    """A command and all that are below it."""
    yield command
    for one in command.commands:
        yield from commands(one)


TREE = tuple(commands(read_tree(app)))
LEAVES = tuple(one for one in TREE if not one.commands)
NAMES = [one.name.removeprefix("bh-container ") for one in TREE]


@pytest.mark.parametrize("command", TREE, ids=NAMES)
def test_its_examples_would_be_taken(command: Command) -> None:
    assert command.examples
    assert all(example.startswith(command.name) for example in command.examples)
    block = "\n".join(["```sh", *command.examples, "```"])
    assert refused(page_of(all_pages()[0].file, block)) == []


@pytest.mark.parametrize("command", LEAVES, ids=lambda one: one.name)
def test_what_prints_data_prints_json(command: Command) -> None:
    name = command.name.removeprefix("bh-container ")
    options = {name for one in command.options for name in one.names}
    assert ("--json" in options) != (name in WITHOUT_JSON), WITHOUT_JSON.get(name)


DATA = (
    ("list",),
    ("show", "box"),
    ("lint",),
    ("plan",),
    ("status",),
    ("settings", "show"),
    ("du",),
    ("gc", "--dry-run", "--keep-last", "1"),
    ("history", "list"),
    ("history", "show"),
    ("history", "tag", "newest", "mine"),
    ("history", "diff", "newest", "newest"),
    ("diff", "box", "box"),
    ("why-compiled", "busybox"),
    ("init", "--list"),
    ("init", "new"),
)

NOTHING = (
    ("gc", "--dry-run", "--keep-last", "1"),
    ("history", "diff", "newest", "newest"),
    ("diff", "box", "box"),
)
"""Those of them that have nothing to say."""


@pytest.fixture
def built(project: Path, crew: Crew, run: Run) -> Path:
    """A project with a build, a snapshot, and a binary package."""
    assert run("build", "box").exit_code == 0
    index = project / f"volumes/binpkgs/{BOX}/Packages"
    index.write_text("VERSION: 0\n\nCPV: sys-apps/busybox-1\nBUILD_TIME: 86400\n")
    return project


def test_json_is_an_object_a_line_and_text_is_plain(built: Path) -> None:
    """Whatever is done with colours: there are none."""
    environment = {"NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    for words in DATA:
        for more in ((), ("--json",)):
            if words == ("init", "new") and more:
                continue
            result = CliRunner().invoke(app, [*words, *more], env=environment, color=True)
            assert result.exit_code in (0, 2), (words, result.output)
            assert "\x1b" not in result.output, words
            assert "Traceback" not in result.output
            if more:
                objects = [json.loads(line) for line in result.stdout.splitlines()]
                assert all(isinstance(one, dict) for one in objects), words
                assert bool(objects) != (words in NOTHING), words


@pytest.mark.parametrize("width", [60, 100, 200])
def test_help_is_as_wide_as_the_terminal(width: int) -> None:
    for command in TREE:
        words = [*command.words[1:], "--help"]
        result = CliRunner().invoke(app, words, env={"COLUMNS": str(width)}, terminal_width=width)
        assert result.exit_code == 0
        wide = [line for line in result.stdout.splitlines() if len(line) > width]
        assert wide == [], words


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("list",), 0),
        (("lint", "box"), 2),
        (("bild",), 2),
        (("show", "bxo"), 2),
        (("plan", "@none"), 2),
        (("list", "--directory", "nowhere"), 2),
        (("settings", "show", "--jobs", "many"), 2),
    ],
)
def test_statuses(project: Path, run: Run, words: tuple[str, ...], status: int) -> None:
    (project / f"configs/{BOX}/worlds/net").write_text("no atom\n")
    result = run(*words)
    assert result.exit_code == status
    assert bool(result.stdout) == (status == 0 or words[0] == "lint")


def test_a_step_that_fails_is_status_3(project: Path, crew: Crew, run: Run) -> None:
    crew.instead["world"] = write_output(b"no\n", status=1)
    result = run("build", "box", "--json")
    assert result.exit_code == 3
    assert all(isinstance(json.loads(line), dict) for line in result.stdout.splitlines())


def test_a_bug_of_ours_is_status_1_with_a_traceback(project: Path) -> None:
    code = (
        "import sys; from bh_container.cli import main, place\n"
        "place.project_of = lambda directory: 1 / 0\n"
        "sys.argv = ['bh-container', 'list']; main.run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" in done.stderr and "ZeroDivisionError" in done.stderr
