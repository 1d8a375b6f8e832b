"""The shipped rpi4-tb-stack, with a kernel that is built already: six lists stacked at boot."""

import subprocess
from pathlib import Path

import pytest

from bh_container.output.build import Build
from tests.lab.conftest import Lab, build_first
from tests.lab.in_memory import booted_in_memory

pytestmark = pytest.mark.lab

FULL_NAME = "aarch64-unknown-linux-musl.rpi4-tb-stack"
PROGRAMS = {
    "base": {"toybox"},
    "net": {"dhcp.script"},
    "ssh": {"dropbearmulti"},
    "tools": {"busybox"},
    "archive": {"lz4"},
    "i2c": {"i2cdetect"},
}


@pytest.fixture(scope="module")
def build(lab: Lab) -> Build:
    """The first build of the shipped target."""
    return build_first(lab.shipped(FULL_NAME)).build


def test_each_list_has_what_those_below_it_have_not(build: Build) -> None:
    names = {name for programs in PROGRAMS.values() for name in programs}
    found = {}
    for image in build.images:
        words = ["rdsquashfs", "--describe", str(build.directory / image)]
        said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        files = {line.split()[1] for line in said.splitlines() if line.startswith("file ")}
        found[image] = {file.rpartition("/")[2] for file in files} & names
    assert found == PROGRAMS


@pytest.mark.boot
def test_six_images_and_a_configuration_in_memory(build: Build, tmp_path: Path) -> None:
    with booted_in_memory(build, tmp_path) as console:
        assert console.run("cat /usr/bin/* > /dev/null && busybox echo other") == "other"
        assert console.run("busybox echo text | lz4 -c | lz4 -dc") == "text"
        assert console.run("i2cdetect -V 2>&1").startswith("i2cdetect version")
        console.run("test -x /etc/rc.d/S50dropbear")
