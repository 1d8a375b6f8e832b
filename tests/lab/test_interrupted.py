"""An interruption costs nothing that was finished, and changes nothing of the result."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.output.build import Build
from tests.lab.conftest import FirstBuild, Lab, Running

pytestmark = pytest.mark.lab

BOX_OPTION = ("CONFIG_CLEAR=y", "# CONFIG_CLEAR is not set")


@contextmanager
def changed(lab: Lab, file: str, old: str, new: str) -> Iterator[None]:
    """Change a file of the target, and put it back at the end."""
    path = lab.target / file
    before, status = path.read_text(), path.stat()
    assert old in before
    path.write_text(before.replace(old, new))
    try:
        yield
    finally:
        path.write_text(before)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_interrupted_and_killed_in_a_compilation(
    small: Lab, small_build: FirstBuild, podman_engine: PodmanEngine
) -> None:
    assert small.build().status == 0
    before = small.result()
    with changed(small, "busybox.config", *BOX_OPTION):
        configs = small.configs_digest()
        interrupt(small, podman_engine)
        kill(small, podman_engine)
        begun = times_begun(small, "world")
        outcome = small.build()
        assert outcome.status == 0, outcome.errors
        assert "world" in outcome.steps_run(small.name)
        assert times_begun(small, "world") == begun, "the running step was started a second time"
        assert small.configs_digest() == configs, "a run that was cut has left its edits"
        assert base(small.result()) != base(before)
    assert small.build().status == 0
    assert packages(small.result()) == packages(before)
    assert base(small.result()) == base(before)


def interrupt(lab: Lab, engine: PodmanEngine) -> None:
    """Press Ctrl-C while a compiler runs: everything that the step started ends."""
    running = lab.start()
    wait_for_compiler(running, lab, engine)
    assert running.end_by(signal.SIGINT).status == 130
    assert processes(lab, engine) == {"sh", "sleep"}


def kill(lab: Lab, engine: PodmanEngine) -> None:
    """Kill the tool while a compiler runs: the step goes on without it."""
    running = lab.start()
    wait_for_compiler(running, lab, engine)
    running.end_by(signal.SIGKILL)
    assert "unshare" in processes(lab, engine)


def wait_for_compiler(running: Running, lab: Lab, engine: PodmanEngine) -> None:
    """Wait until the world step has a compiler at work."""
    running.wait_for_output("world", "sys-apps/busybox")
    wait = "until pgrep -x cc1 >/dev/null; do sleep 0.1; done"
    assert engine.execute(container(lab), ["timeout", "120", "sh", "-c", wait]) == 0


def processes(lab: Lab, engine: PodmanEngine) -> set[str]:
    """The names of all processes in the target's container, but that of the one who looks."""
    output = bytearray()
    engine.execute(container(lab), ["sh", "-c", "cat /proc/[0-9]*/comm"], output=output.extend)
    return set(output.decode().split()) - {"cat"}


def container(lab: Lab) -> str:
    """The container of the target's run that is not complete."""
    return f"bh-{lab.name}-{lab.runs()[-1]}"


def times_begun(lab: Lab, step: str) -> int:
    """How often a step was started, ever."""
    return sum(e["event"] == "begun" and e["step"] == step for e in lab.journal())


def packages(build: Build) -> object:
    """What the manifest says of packages."""
    return json.loads((build.directory / "manifest.json").read_text())["packages"]


def base(build: Build) -> bytes:
    """The image of its first list."""
    return (build.directory / "base").read_bytes()
