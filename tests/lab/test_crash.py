"""Whatever is killed at whatever moment: resumed, a build comes to what it would have come to.

A round is decided by its seed alone, which is in the test's name. BH_CRASH_ROUNDS says how many
there are; `BH_CRASH_ROUNDS=1 BH_CRASH_SEED=123` repeats one.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import EngineError
from tests.lab.conftest import BUILD_ENVIRONMENT, FirstBuild, Lab

pytestmark = pytest.mark.lab

ROUNDS = int(os.environ.get("BH_CRASH_ROUNDS", "20"))
FIRST = os.environ.get("BH_CRASH_SEED")
CHANCE = random.Random(
    os.environ.get("PYTEST_XDIST_TESTRUNUID")
)  # every process has the same tests
SEEDS = [int(FIRST) + n if FIRST else CHANCE.randrange(10**9) for n in range(ROUNDS)]
PATIENCE = 900
PACKAGES_SHARE = 0.25
"""How many rounds change a package; the others change the initramfs, which takes less time."""

Digests = Mapping[str, object]


class Victim(StrEnum):
    """What is killed."""

    TOOL = "tool"
    SERVICE = "service"
    CONTAINER = "container"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class State:
    """Which of its two forms each part of the configuration has."""

    loud: bool
    marked: bool


@dataclass(slots=True)
class Subject:
    """The small target, in one of its states."""

    lab: Lab
    state: State = field(default_factory=lambda: State(loud=False, marked=False))
    seconds: dict[str, float] = field(default_factory=dict)
    packages: dict[bool, Digests] = field(default_factory=dict)
    initramfs: dict[bool, object] = field(default_factory=dict)

    def set(self, state: State) -> None:
        """Write the configuration of a state."""
        use = self.lab.target / "target-portage/package.use/loud"
        use.write_text(f"app-misc/hello {'loud' if state.loud else '-loud'}\n")
        mark = self.lab.target / "initramfs/mark"
        mark.write_text(f"{state.marked}\n")
        self.state = state

    def change(self, what: str) -> None:
        """Go to the state beside the present one."""
        if what == "package":
            self.set(replace(self.state, loud=not self.state.loud))
        else:
            self.set(replace(self.state, marked=not self.state.marked))

    def start(self) -> "subprocess.Popen[bytes]":
        """Start a build; what it says goes to a file beside the project's."""
        command = [sys.executable, "-m", "bh_container", "build", "--plain"]
        with (self.lab.root / "crash.txt").open("ab") as said:
            return subprocess.Popen(
                [*command, "--directory", str(self.lab.root), self.lab.full_name],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={**os.environ, **BUILD_ENVIRONMENT},
            )

    def build(self) -> float:
        """Build undisturbed; return the seconds it took."""
        started = time.monotonic()
        assert self.start().wait(PATIENCE) == 0, self.said()
        return time.monotonic() - started

    def said(self) -> str:
        """The last words of all builds."""
        return (self.lab.root / "crash.txt").read_text(errors="replace")[-3000:]

    def learn(self) -> None:
        """The present result is what builds of this state come to."""
        packages, initramfs = self.result()
        self.packages[self.state.loud] = packages
        self.initramfs[self.state.marked] = initramfs

    def result(self) -> tuple[Digests, object]:
        """Every file and package of the newest build but the initramfs; and that."""
        directory = self.lab.result().directory
        manifest = json.loads((directory / "manifest.json").read_text())
        files = {
            path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in directory.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        }
        initramfs = files.pop("initramfs")
        return {"packages": manifest["packages"], **files}, initramfs


@pytest.fixture(scope="module")
def subject(small: Lab, small_build: FirstBuild) -> Iterator[Subject]:
    """The small target with a package in `base` that can be changed in a moment."""
    world = small.target / "worlds/base"
    before = world.read_text()
    world.write_text(f"{before}app-misc/hello\n")
    subject = Subject(small)
    try:
        subject.set(State(loud=True, marked=True))
        subject.build()
        subject.learn()
        subject.set(State(loud=False, marked=True))
        subject.seconds["package"] = subject.build()
        subject.set(State(loud=False, marked=False))
        subject.seconds["initramfs"] = subject.build()
        subject.learn()
        yield subject
    finally:
        world.write_text(before)
        (small.target / "target-portage/package.use/loud").unlink(missing_ok=True)
        (small.target / "initramfs/mark").unlink(missing_ok=True)
        assert small.build().status == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crash_changes_nothing(subject: Subject, podman_engine: PodmanEngine, seed: int) -> None:
    chance = random.Random(seed)
    change = "package" if chance.random() < PACKAGES_SHARE else "initramfs"
    victim, moment = chance.choice(list(Victim)), chance.random() * subject.seconds[change]
    print(f"BH_CRASH_SEED={seed}: {victim} after {moment:.2f} s; changed: {change}")  # noqa: T201
    subject.change(change)
    build = subject.start()
    services: list[int] = []
    try:
        build.wait(moment)
    except subprocess.TimeoutExpired:
        services = children(build.pid)
        crash(subject.lab, build, victim, podman_engine)
    if build.wait(PATIENCE) != 0:
        subject.build()
    # A service whose tool was killed would wait ten minutes for another.
    end(services)
    packages, initramfs = subject.result()
    assert packages == subject.packages[subject.state.loud]
    assert initramfs == subject.initramfs[subject.state.marked]


def crash(lab: Lab, build: "subprocess.Popen[bytes]", victim: Victim, engine: PodmanEngine) -> None:
    """Kill one of them, or all."""
    services = children(build.pid)
    if victim in (Victim.TOOL, Victim.ALL):
        build.kill()
        build.wait()
    if victim in (Victim.SERVICE, Victim.ALL):
        end(services)
    if victim in (Victim.CONTAINER, Victim.ALL):
        # It may be on its way out already, or not be there yet.
        with suppress(EngineError):
            engine.stop_container(f"bh-{lab.name}-{lab.runs()[-1]}")


def children(pid: int) -> list[int]:
    """The processes that this one has started: Podman's service, where it is our own."""
    found = subprocess.run(
        ["pgrep", "--parent", str(pid), "podman"], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


def end(processes: list[int]) -> None:
    """Kill processes, if they are there."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
