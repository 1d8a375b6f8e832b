"""A step that fails is mended and gone on with, started over, or given up: on a terminal or not."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from bh_container.config.target import load_target
from bh_container.plan.target import plan_target
from bh_container.steps import load_scripts
from tests.lab.conftest import BUILD_ENVIRONMENT, FirstBuild, Lab
from tests.terminal import QUESTION, end, on_terminal

pytestmark = pytest.mark.lab

PATIENCE = 900
MENDED = "/var/tmp/bh-lab/fails-until"  # noqa: S108 - in the container


@contextmanager
def failing_package(lab: Lab) -> Iterator[None]:
    """A package in `extra` that does not compile before a file is there."""
    world = lab.target / "worlds/extra"
    before, status = world.read_text(), world.stat()
    forget_package(lab, "app-misc/fails-until")
    world.write_text(f"{before}app-misc/fails-until\n")
    try:
        yield
    finally:
        world.write_text(before)
        os.utime(world, ns=(status.st_atime_ns, status.st_mtime_ns))


@contextmanager
def late_failure(lab: Lab) -> Iterator[Path]:
    """A package to compile, and later a file where the initramfs needs a directory; gives it."""
    use = lab.target / "target-portage/package.use/loud"
    name = lab.target / "initramfs/proc"
    use.write_text("app-misc/hello loud\n")
    name.touch()
    try:
        yield name
    finally:
        use.unlink()
        name.unlink(missing_ok=True)


def forget_package(lab: Lab, package: str, use: str = "") -> None:
    """Remove a target's binary packages, all or those with a USE flag, and from the index, too."""
    store = lab.root / "volumes/binpkgs" / lab.full_name
    index, kept = store / "Packages", []
    for entry in index.read_text().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line)
        if not fields.get("CPV", "").startswith(f"{package}-") or (
            use and use not in fields.get("USE", "").split()
        ):
            kept.append(entry)
        else:
            (store / fields["PATH"]).unlink()
    index.write_text("\n\n".join(kept))


def command(lab: Lab, *words: str) -> "pexpect.spawn[str]":
    """`bh-container` on a terminal."""
    return on_terminal(
        "bh_container",
        *words,
        lab.full_name,
        f"--directory={lab.root}",
        environment={**os.environ, "TERM": "dumb", **BUILD_ENVIRONMENT},
        patience=PATIENCE,
    )


def begun(lab: Lab, unit: str | None = None) -> list[str]:
    """The steps of the target, or of another unit, that were started, ever."""
    file = lab.root / "volumes/journal" / f"{unit or lab.full_name}.jsonl"
    events = map(json.loads, file.read_text().splitlines()) if file.exists() else ()
    return [event["step"] for event in events if event["event"] == "begun"]


def mend(process: "pexpect.spawn[str]") -> None:
    """Do in the shell what makes the step work."""
    process.expect("the step is: bash /bh/steps/target/world.sh")
    process.expect(r"# $")
    process.sendline(f"mkdir -p {Path(MENDED).parent} && touch {MENDED} && echo mended-$?")
    process.expect("mended-0")
    process.sendline("exit")


def up_to_world(lab: Lab) -> list[str]:
    """The steps of the target, as far as the one that builds its packages."""
    target, scripts = load_target(lab.target), load_scripts()
    steps = plan_target(target, toolchain="", tuning={}, scripts=scripts)
    names = [step.name for step in steps]
    return names[: names.index("world") + 1]


def since(lab: Lab, count: int) -> list[str]:
    """The steps that were started after the first so many, without those that always are."""
    return lab.checkpoints(begun(lab)[count:])


def test_on_a_terminal_retried_then_mended_in_a_shell_and_resumed(
    small: Lab, small_build: FirstBuild
) -> None:
    assert small.build().status == 0
    host = begun(small, "host")
    with failing_package(small):
        build = command(small, "build")
        build.expect(QUESTION)
        count = len(begun(small))
        build.sendline("t")
        build.expect(QUESTION)
        assert begun(small)[count:] == up_to_world(small)
        assert begun(small, "host") == host
        count = len(begun(small))
        build.sendline("s")
        mend(build)
        build.expect(QUESTION)
        build.sendline("r")
        assert end(build) == 0
        resumed = since(small, count)
    assert resumed[:3] == ["world", "live", "clean"]
    assert {"skeleton", "libc", "kernel", "box"}.isdisjoint(resumed)
    assert "repaired" in unpacked(small, "extra", "usr/bin/fails-until")


def unpacked(lab: Lab, image: str, file: str) -> str:
    """The content of a file in an image of the newest build."""
    path = lab.result().directory / image
    return subprocess.run(
        ["rdsquashfs", "--cat", file, str(path)], check=True, capture_output=True, text=True
    ).stdout


def test_by_commands_retried_then_mended_in_a_shell_and_resumed(
    small: Lab, small_build: FirstBuild
) -> None:
    assert small.build().status == 0
    host = begun(small, "host")
    with failing_package(small):
        failed = small.build()
        assert failed.status == 3
        for word in ("shell", "resume", "retry", "abort"):
            assert f"bh-container {word} {small.name}" in failed.errors
        count = len(begun(small))
        assert small.run("retry").status == 3
        assert begun(small)[count:] == up_to_world(small)
        assert begun(small, "host") == host
        shell = command(small, "shell")
        mend(shell)
        assert end(shell) == 0
        count = len(begun(small))
        assert small.run("resume").status == 0
        assert since(small, count)[:3] == ["world", "live", "clean"]


def test_aborted_runs_keep_their_packages_for_the_next_build(
    small: Lab, small_build: FirstBuild
) -> None:
    assert small.build().status == 0
    complete = small.result().directory
    with late_failure(small) as cause:
        forget_package(small, "app-misc/hello", use="loud")
        build = command(small, "build")
        build.expect(QUESTION)
        build.sendline("a")
        assert end(build) == 3
        was_given_up(small, complete)
        forget_package(small, "app-misc/hello", use="loud")
        assert small.build().status == 3
        assert small.run("abort").status == 0
        was_given_up(small, complete)
        cause.unlink()
        outcome = small.build()
        assert outcome.status == 0
        emerged = [e["line"] for e in outcome.events if e.get("step") == "world" and "line" in e]
    assert any("binary" in line and "app-misc/hello" in line for line in emerged), emerged
    assert not any(re.search(r"Emerging \(.*app-misc/hello", line) for line in emerged), emerged


def was_given_up(lab: Lab, complete: Path) -> None:
    """The run has gone, and the package that it had finished is there."""
    assert lab.journal()[-1]["event"] == "dropped"
    assert not (lab.root / "builds" / f".partial.{lab.full_name}").exists()
    assert lab.result().directory == complete
    assert any("loud" in use for use in indexed(lab, "app-misc/hello"))


def indexed(lab: Lab, package: str) -> list[str]:
    """USE of each of the package's binary packages; each file that the index names is there."""
    store = lab.root / "volumes/binpkgs" / lab.full_name
    entries = [
        dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line)
        for entry in (store / "Packages").read_text().split("\n\n")[1:]
    ]
    for entry in entries:
        if entry:
            assert (store / entry["PATH"]).stat().st_size == int(entry["SIZE"])
    return [e.get("USE", "") for e in entries if e.get("CPV", "").startswith(f"{package}-")]
