"""Two real builds, and two real snapshots, that differ in one USE flag."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bh_container.history.shelf import Shelf
from tests.lab.conftest import FirstBuild, Lab

pytestmark = pytest.mark.lab

Difference = dict[str, object]


@pytest.fixture(scope="module")
def louder(small: Lab, small_build: FirstBuild) -> Iterator[FirstBuild]:
    """The small target with one flag more; the configuration is put back."""
    # Another test may have changed something, and put it back.
    assert small.build().status == 0
    before = small.result()
    flag = small.target / "target-portage/package.use/loud"
    flag.write_text("app-misc/hello loud\n")
    try:
        outcome = small.build()
        assert outcome.status == 0, outcome.errors
        yield FirstBuild(outcome, before, "", "")
    finally:
        flag.unlink()


def differences(lab: Lab, *words: str) -> list[Difference]:
    command = [sys.executable, "-m", "bh_container", *words, "--json", "-C", str(lab.root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def packages(found: list[Difference]) -> list[tuple[object, ...]]:
    names = ("where", "package", "change", "before", "after", "use")
    return [tuple(one[n] for n in names) for one in found if one["about"] == "package"]


HELLO = ("app-misc/hello", "changed", ["1.0"], ["1.0"], ["+loud"])


def test_the_diff_of_two_builds_names_the_flag_and_what_came_of_it(
    small: Lab, louder: FirstBuild
) -> None:
    found = differences(small, "diff", str(louder.build.directory), small.full_name)
    assert packages(found) == [("extra", *HELLO)]
    files = [(one["where"], one["path"]) for one in found if one["about"] == "file"]
    assert files == [("extra", "usr/bin/hello")]
    assert {one["about"] for one in found} <= {"package", "size", "file"}
    assert {one["name"] for one in found if one["about"] == "size"} <= {"extra"}
    same = str(louder.build.directory)
    assert differences(small, "diff", same, same) == []
    assert (louder.build.directory / "kernel.config").read_text().count("CONFIG_") > 100


def test_the_diff_of_two_snapshots_names_it_too(small: Lab, louder: FirstBuild) -> None:
    one, other = Shelf(small.root / "history").ids()[-2:]
    found = differences(small, "history", "diff", one, other)
    assert packages(found) == [(small.full_name, *HELLO)]
    paths = {one["path"] for one in found if one["about"] == "file"}
    assert "usr/bin/hello" in paths
