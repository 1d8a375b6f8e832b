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
EVERY_RUN = {"configuration", "kernel-prepare"}


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


def test_aborted_then_mended_in_a_shell_and_resumed(lab: Lab, first_build: FirstBuild) -> None:
    assert lab.build().status == 0
    complete = lab.result().directory
    with failing_package(lab):
        abort(lab)
        assert lab.result().directory == complete
        leave_after_shell(lab)
        before = len(begun(lab))
        assert end(command(lab, "resume", NAME)) == 0
        resumed = [step for step in begun(lab)[before:] if step not in EVERY_RUN]
    assert resumed[0] == "world"
    assert {"libc", "kernel-sources", "kernel"}.isdisjoint(resumed)
    assert lab.result().directory != complete


def abort(lab: Lab) -> None:
    """Fail without a terminal, and give the run up by a command."""
    failed = lab.build()
    assert failed.status == 3
    assert f"bh-container abort {NAME}" in failed.errors
    assert end(command(lab, "abort", NAME)) == 0
    assert lab.journal()[-1]["event"] == "dropped"
    assert not (lab.root / "builds" / f".partial.{lab.target.name}").exists()


def leave_after_shell(lab: Lab) -> None:
    """Fail on a terminal, mend the cause in the shell that is offered, and leave."""
    build = command(lab, "build", NAME)
    build.expect(QUESTION)
    build.sendline("s")
    build.expect("the step is: bash /bh/steps/target/world.sh")
    mend(build)
    build.expect(QUESTION)
    build.sendline("l")
    assert end(build) == 3
