"""`bh-container pack-config` on real images."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.output.tree import make_build
from tests.run.stage import BOX


@pytest.fixture
def config(project: Path) -> Path:
    """A directory to pack, in the project that is the working directory."""
    (project / "mine/etc").mkdir(parents=True)
    (project / "mine/etc/motd").write_text("mine\n")
    (project / "mine/etc/hosts").write_text("mine\n")
    return project / "mine"


def test_packed_into_the_working_directory(config: Path, run: Run) -> None:
    result = run("pack-config", "mine")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "config\n"
    assert (config.parent / "config").read_bytes()[:4] == b"hsqs"


def test_against_a_target(config: Path, run: Run) -> None:
    trees = {"base": {"etc/motd": "base", "etc/fstab": "base"}, "net": {"etc/motd": "net"}}
    make_build(config.parent / "builds" / f"{BOX}.20260101T000000Z", trees)
    result = run("pack-config", "mine", "-o", "own", "--against", "box")
    assert result.stdout.splitlines() == ["new       /etc/hosts", "replaces  /etc/motd  net", "own"]
    result = run("pack-config", "mine", "-o", "own", "--against", "box", "--stack", "", "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line.get("image") for line in lines] == [None, "base", "own"]
    assert lines[1] == {"path": "etc/motd", "effect": "replaces", "image": "base", "detail": ""}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("absent",), "absent: is no directory"),
        (("mine", "--against", "absent"), "absent"),
        (("mine", "--against", "box"), "box: this is not a complete build"),
    ],
)
def test_wrong_words_leave_no_image(
    config: Path, run: Run, words: tuple[str, ...], said: str
) -> None:
    result = run("pack-config", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (config.parent / "config").exists()
