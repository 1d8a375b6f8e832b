"""A step that fails is mended in a shell in its container, and the build goes on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from tests.lab.conftest import CHECKOUT, NAME, FirstBuild, Lab

pytestmark = pytest.mark.lab

PATIENCE = 300
MENDED = "/var/tmp/bh-lab/fails-until"  # noqa: S108 - in the container
QUESTION = "s, r, t, a or l"


@contextmanager
def failing_package(lab: Lab) -> Iterator[None]:
    """A package in `net` that does not compile before a file is there."""
    world = lab.target / "worlds/net"
    keywords = lab.target / "target-portage/package.accept_keywords/fails-until"
    before, status = world.read_text(), world.stat()
    world.write_text(f"{before}app-misc/fails-until\n")
    keywords.write_text("app-misc/fails-until ~arm64\n")
    try:
        yield
    finally:
        world.write_text(before)
        os.utime(world, ns=(status.st_atime_ns, status.st_mtime_ns))
        keywords.unlink()


def command(lab: Lab, *words: str) -> "pexpect.spawn[str]":
    """`bh-container` on a terminal."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "bh_container", *words, "--directory", str(lab.root)],
        env={
            **os.environ,
            "TERM": "dumb",
            "BH_SEED": "lab",
            "DISTFILES": str(CHECKOUT / "volumes" / "distfiles"),
        },
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=(50, 200),
    )


def end(process: "pexpect.spawn[str]") -> int | None:
    """Wait for the end, and return the exit status."""
    process.expect(pexpect.EOF)
    process.close()
    return process.exitstatus


def begun(lab: Lab) -> list[str]:
    """The steps that were started, ever."""
    return [event["step"] for event in lab.journal() if event["event"] == "begun"]


def mend(process: "pexpect.spawn[str]") -> None:
    """Do in the shell what makes the step work."""
    process.expect(r"# $")
    process.sendline(f"mkdir -p {Path(MENDED).parent} && touch {MENDED} && echo mended-$?")
    process.expect("mended-0")
    process.sendline("exit")


def test_mended_in_the_rescue_shell_and_resumed(lab: Lab, first_build: FirstBuild) -> None:
    lab.build()
    with failing_package(lab):
        build = command(lab, "build", NAME)
        build.expect(QUESTION)
        before = len(begun(lab))
        build.sendline("s")
        build.expect("the step is: bash /bh/steps/target/world.sh")
        mend(build)
        build.expect(QUESTION)
        build.sendline("r")
        assert end(build) == 0
        resumed = begun(lab)[before:]
    assert resumed.index("world") == min(
        resumed.index(step) for step in resumed if step not in ("configuration", "kernel-prepare")
    )
    assert {"libc", "kernel-sources", "kernel"}.isdisjoint(resumed)
    assert lab.build().status == 0


def test_the_same_without_a_terminal_by_separate_commands(
    lab: Lab, first_build: FirstBuild
) -> None:
    lab.build()
    with failing_package(lab):
        failed = lab.build()
        assert failed.status == 3
        assert f"bh-container resume {NAME}" in failed.errors
        shell = command(lab, "shell", NAME)
        shell.expect("the step is: bash /bh/steps/target/world.sh")
        mend(shell)
        end(shell)
        assert end(command(lab, "resume", NAME)) == 0
    assert lab.build().status == 0


def test_an_aborted_run_leaves_its_binary_packages(lab: Lab, first_build: FirstBuild) -> None:
    lab.build()
    complete = lab.result().directory
    with failing_package(lab):
        assert lab.build().status == 3
        assert end(command(lab, "abort", NAME)) == 0
    assert lab.journal()[-1]["event"] == "dropped"
    assert not (lab.root / "builds" / f".partial.{lab.target.name}").exists()
    assert lab.result().directory == complete
    assert lab.build().steps_run(NAME) == [], "the last complete run is what counts again"
