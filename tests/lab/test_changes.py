"""A change runs what depends on it; an interruption costs nothing that was finished."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.output.build import Build
from tests.lab.conftest import NAME, FirstBuild, Lab, Outcome, Running

pytestmark = pytest.mark.lab

BOX_OPTION = ("CONFIG_UNIX2DOS=y", "# CONFIG_UNIX2DOS is not set")


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


def settle(lab: Lab) -> Outcome:
    """Build with the configuration as it was shipped."""
    outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    return outcome


def test_a_line_of_package_use_runs_the_world_and_what_follows(
    lab: Lab, first_build: FirstBuild
) -> None:
    settle(lab)
    addition = "\napp-misc/hello loud\n"
    path = lab.target / "target-portage/package.use/dropbear"
    text = path.read_text()
    with changed(lab, "target-portage/package.use/dropbear", text, text + addition):
        outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    assert outcome.steps_run("host") == []
    ran = lab.checkpoints(outcome.steps_run(NAME))
    assert ran[0] == "world"
    assert {"kernel-sources", "kernel", "libc", "skeleton"}.isdisjoint(ran)
    assert ran[-1] == "inventory"
    why = next(e["why"] for e in outcome.events if e.get("step") == "world" and "why" in e)
    assert "package.use/dropbear" in why


def test_interrupted_and_killed_in_a_compilation(
    lab: Lab, first_build: FirstBuild, podman_engine: PodmanEngine
) -> None:
    settle(lab)
    before = lab.result()
    with changed(lab, "busybox.config", *BOX_OPTION):
        configs = lab.configs_digest()
        interrupt(lab, podman_engine)
        kill(lab, podman_engine)
        begun = times_begun(lab, "world")
        outcome = lab.build()
        assert outcome.status == 0, outcome.errors
        assert "world" in outcome.steps_run(NAME)
        assert times_begun(lab, "world") == begun, "the running step was started a second time"
        assert lab.configs_digest() == configs, "a run that was cut has left its edits"
        changed_base = lab.result().directory / "base"
        assert changed_base.read_bytes() != (before.directory / "base").read_bytes()
    settle(lab)
    assert packages(lab.result()) == packages(before)
    assert listing(lab.result()) == listing(before)


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
    return f"bh-{NAME}-{lab.runs()[-1]}"


def times_begun(lab: Lab, step: str) -> int:
    """How often a step was started, ever."""
    return sum(e["event"] == "begun" and e["step"] == step for e in lab.journal())


def packages(build: Build) -> object:
    """What the manifest says of packages."""
    return json.loads((build.directory / "manifest.json").read_text())["packages"]


def listing(build: Build) -> str:
    """Names, modes, owners and link targets of everything in the image of `base`."""
    command = ["rdsquashfs", "--describe", str(build.directory / "base")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
