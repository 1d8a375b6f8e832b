"""The small target with toybox for a box: its shell runs the same init as busybox's does."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.choices import Medium
from bh_container.output.boot import BootFailed, Console
from bh_container.output.build import Build
from bh_container.output.cpio import read_initramfs
from bh_container.output.start import Wish, guest_of
from tests.lab import targets
from tests.lab.conftest import Lab, build_first
from tests.lab.in_memory import booted_in_memory

pytestmark = [pytest.mark.lab, pytest.mark.boot]


FLAGS = ("cpu_flags_x86_sse2", "video_cards_amdgpu", "video_cards_intel", "llvm_targets_AMDGPU")


@pytest.fixture(scope="module")
def toy(lab: Lab) -> Lab:
    """A target with toybox, which is native to this machine."""
    toy = lab.small("aarch64-unknown-linux-musl.toy-native")
    targets.use_toybox(toy.target)
    targets.add_ebuild(toy.target, "app-misc/flags-1", f'IUSE="{" ".join(FLAGS)}"\n')
    with (toy.target / "worlds/extra").open("a") as extra:
        extra.write("app-misc/flags\n")
    native = {"VIDEO_CARDS_NATIVE": "amdgpu radeonsi"}
    return replace(toy, environment={**toy.environment, **native})


@pytest.fixture(scope="module")
def build(toy: Lab) -> Build:
    """Its build."""
    return build_first(toy).build


def test_it_is_toybox_that_runs_init(build: Build) -> None:
    assert build.initramfs is not None
    members = read_initramfs(build.initramfs)
    assert members["bin/sh"].content == b"toybox"
    assert "bin/busybox" not in members


def test_what_is_native_to_this_machine(toy: Lab, build: Build) -> None:
    """A foreign machine's target has it all the same: its configuration, not its CPU, is asked."""
    manifest = json.loads((build.directory / "manifest.json").read_text())
    (use,) = (one["use"] for one in manifest["packages"]["extra"] if "flags-1" in one["package"])
    assert set(FLAGS) & set(use) == {*FLAGS} - {"video_cards_intel"}
    assert not list((toy.target / "target-portage").rglob("*-native"))


def test_stack_config_and_docache(build: Build, tmp_path: Path) -> None:
    with booted_in_memory(build, tmp_path, directory="images") as console:
        assert console.run("cat /usr/bin/* > /dev/null && hello") == "hello zlib 1.2.13"


def test_a_missing_image_ends_in_a_shell(build: Build, tmp_path: Path) -> None:
    wish = Wish(medium=Medium.SHARE, cmdline="quiet squash_stack=absent")
    guest = guest_of(build, wish, tmp_path / "share")
    with Console(guest, log=tmp_path / "console.log") as console:
        with pytest.raises(BootFailed, match="failed: images has no absent in directory /"):
            console.expect("bh-init: starting", 60)
        console.expect("this is a rescue shell", 60)
        assert console.run("echo $((6 * 7))") == "42"
        console.send("exit\n")
        assert console.wait(60) == 0


def test_without_a_medium_it_gives_up(build: Build, tmp_path: Path) -> None:
    guest = guest_of(build, Wish(cmdline="quiet"), tmp_path / "medium")
    with Console(replace(guest, medium=None), log=tmp_path / "console.log") as console:
        console.expect("bh-init: waiting for a medium with extra base", 60)
        with pytest.raises(BootFailed, match="failed: a medium with extra base was not found"):
            console.expect("bh-init: starting", 60)


def test_its_checks_run_in_toyboxs_shell_too(toy: Lab, build: Build) -> None:
    words = ["check", str(build.directory), "--json", "--directory", str(toy.root)]
    done = subprocess.run(
        [sys.executable, "-m", "bh_container", *words], capture_output=True, text=True, check=False
    )
    found = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert found["the_shell_answers"]["outcome"] == "passed", done.stdout
    assert found["programs_load"]["outcome"] == "passed"
