"""`bh-container check` on a build of another architecture: qemu-user executes what is in it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bh_container.output.binfmt import BINFMT
from bh_container.output.manifest import MANIFEST
from bh_container.output.squashfs import pack
from tests.lab.conftest import FirstBuild, Lab

pytestmark = pytest.mark.lab

OWN = """
def test_the_message_is_ours(host):
    assert host.file("/etc/motd").contains("stage0")

def test_it_is_the_targets_machine(host, root):
    assert host.check_output("uname -m") == root.target.partition("-")[0]
"""
Found = Mapping[str, Mapping[str, Any]]


def check(lab: Lab, build: Path) -> tuple[int, Found]:
    """The status, and what is said of each check."""
    words = ["check", str(build), "--json", "--directory", str(lab.root)]
    done = subprocess.run(
        [sys.executable, "-m", "bh_container", *words], capture_output=True, text=True, check=False
    )
    lines = map(json.loads, done.stdout.splitlines())
    return done.returncode, {line["check"]: line for line in lines}


@contextmanager
def own_checks(lab: Lab) -> Iterator[None]:
    """Checks of the target's own, for a while."""
    directory = lab.target / "tests"
    directory.mkdir()
    try:
        (directory / "test_own.py").write_text(OWN)
        yield
    finally:
        (directory / "test_own.py").unlink()
        directory.rmdir()


def registered_by_the_dead() -> list[str]:
    """What processes that are no more have left registered; others may register at any time."""
    ours = BINFMT.glob("bh-container-*")
    return [one.name for one in ours if not Path("/proc", one.name.rpartition("-")[2]).exists()]


def test_a_good_build_passes_every_check(small: Lab, small_build: FirstBuild) -> None:
    with own_checks(small):
        status, found = check(small, small_build.build.directory)
    assert {name: line for name, line in found.items() if line["outcome"] != "passed"} == {}
    assert status == 0
    assert {"programs_load", "modules_match_the_kernel", "accounts_are_locked"} <= set(found)
    assert {name for name, line in found.items() if line["own"]} == {
        "the_message_is_ours",
        "it_is_the_targets_machine",
    }
    assert registered_by_the_dead() == []


@pytest.fixture
def tampered(small_build: FirstBuild, tmp_path: Path) -> Path:
    """The small build, with an image more that makes a library of base useless."""
    directory, tree = tmp_path / "tampered", tmp_path / "tree"
    directory.mkdir()
    for path in small_build.build.directory.iterdir():
        (directory / path.name).symlink_to(path)
    library = tree / "usr/lib/libz.so.1.2.13"
    library.parent.mkdir(parents=True)
    library.write_text("this is no library\n")
    pack(tree, directory / "spoilt")
    manifest = json.loads((directory / MANIFEST).read_text())
    manifest["boot"]["images"].append("spoilt")
    (directory / MANIFEST).unlink()
    (directory / MANIFEST).write_text(json.dumps(manifest))
    return directory


def test_what_only_shows_when_it_is_executed(small: Lab, tampered: Path) -> None:
    status, found = check(small, tampered)
    assert status == 3
    assert [name for name, line in found.items() if line["outcome"] == "failed"] == [
        "programs_load"
    ]
    assert "libz.so.1" in found["programs_load"]["message"]
    assert "/usr/bin/hello" in found["programs_load"]["message"]
