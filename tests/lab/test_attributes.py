"""What is more about a file than its name, mode and bytes: file capabilities (capabilities(7))."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.conftest import FirstBuild, Lab

pytestmark = pytest.mark.lab

NAME = "security.capability"
# Little endian: revision 2 with the effective bit, then 1 << CAP_NET_RAW among the permitted.
NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")


def history(lab: Lab, *words: str) -> str:
    """What `bh-container history` says."""
    command = [sys.executable, "-m", "bh_container", "history", *words]
    done = subprocess.run(
        [*command, "--directory", str(lab.root)], check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def snapshot(small: Lab, small_build: FirstBuild) -> Iterator[Path]:
    """The sysroot of the small target in the newest snapshot that has it."""
    found = [json.loads(line) for line in history(small, "list", "--json").splitlines()]
    identity = next(one["id"] for one in found[::-1] if small.full_name in one["parts"])
    places = json.loads(history(small, "mount", identity, "--json"))["mounted"]
    yield Path(places[small.full_name])
    history(small, "umount", identity)


def test_a_packages_file_capability_is_in_the_image(small_build: FirstBuild) -> None:
    image = small_build.build.directory / "extra"
    said = subprocess.run(
        ["rdsquashfs", "--xattr", "usr/bin/capable", image],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert f"{NAME}=0x{NET_RAW.hex()}" in said


def test_a_packages_file_capability_is_in_the_snapshot(snapshot: Path) -> None:
    assert os.getxattr(snapshot / "usr/bin/capable", NAME) == NET_RAW
