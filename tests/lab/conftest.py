"""A whole build from the lab seed, made once for all tests that look at it."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

from bh_container.config.target import load_target
from bh_container.engine.podman import PodmanEngine
from bh_container.history.identity import PROJECT_LABEL, project_id
from bh_container.output.build import Build, newest_build, read_build
from bh_container.plan.target import plan_target
from bh_container.steps import load_scripts
from tests.conftest import cannot
from tests.lab import targets

CHECKOUT = targets.CHECKOUT
DISTFILES = CHECKOUT / "volumes" / "distfiles"
SHARED_CCACHE = CHECKOUT / "volumes" / "ccache"
BUILD_ENVIRONMENT = {"BH_SEED": "lab", "DISTFILES": str(DISTFILES), "TMP_TYPE": "tmpfs"}
"""What Portage makes and removes by the thousand is in memory, but for rpi4-bb-mini."""
DEFAULTS = {"TMP_TYPE": "none"}
CCACHE = {"BH_CCACHE": "yes"}
"""For the targets beside rpi4-bb-mini: most of what they compile, another one has compiled."""
NAME = "rpi4-bb-mini"
FULL_NAME = f"aarch64-unknown-linux-musl.{NAME}"
SMALL = "aarch64-unknown-linux-musl.small"
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a `bh-container build` ended, and what it said."""

    status: int
    events: tuple[Event, ...]
    errors: str

    def steps_run(self, unit: str) -> list[str]:
        """The names of the steps that were started, in order."""
        started = (e for e in self.events if e["event"] == "StepStarted")
        return [e["step"] for e in started if e["unit"] == unit]


class Running:
    """A `bh-container build` that has been started."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str]) -> None:
        self.process = process
        self._errors = errors
        self._events: list[Event] = []

    def wait_for_output(self, step: str, text: str) -> None:
        """Read events until this step writes this text."""
        for event in self._read():
            if event["event"] == "StepOutput" and event["step"] == step and text in event["line"]:
                return
        raise AssertionError(f"{step} never wrote {text!r}: {self._events[-5:]}")

    def wait_for_step(self, step: str) -> None:
        """Read events until this step starts."""
        for event in self._read():
            if event["event"] == "StepStarted" and event["step"] == step:
                return
        raise AssertionError(f"{step} never started: {self._events[-5:]}")

    def end_by(self, number: signal.Signals) -> Outcome:
        """Send a signal, and read what the process still says until it has ended."""
        self.process.send_signal(number)
        return self.finish()

    def finish(self) -> Outcome:
        """Wait for the end."""
        for _ in self._read():
            pass
        assert self.process.stdout is not None
        self.process.stdout.close()
        status = self.process.wait()
        with self._errors:
            self._errors.seek(0)
            return Outcome(status, tuple(self._events), self._errors.read())

    def _read(self) -> Iterator[Event]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            self._events.append(event)
            yield event


@dataclass(frozen=True, slots=True)
class Lab:
    """One target in a project of its own."""

    root: Path
    full_name: str = FULL_NAME
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def target(self) -> Path:
        """The target's directory."""
        return self.root / "configs" / self.full_name

    @property
    def name(self) -> str:
        """The target's name without its tuple."""
        return self.full_name.partition(".")[2]

    def small(self, full_name: str) -> "Lab":
        """Another target in the same project: a copy of the small one, for this tuple and name."""
        tuple_, _, name = full_name.partition(".")
        targets.add_small(self.root / "configs", tuple_, name)
        return Lab(self.root, full_name, CCACHE)

    def shipped(self, full_name: str) -> "Lab":
        """Another target in the same project: a shipped one, as far as the lab can build it."""
        targets.substitute(self.root / "configs", full_name)
        return Lab(self.root, full_name, CCACHE)

    def checkpoints(self, steps: Iterable[str]) -> list[str]:
        """Those of the target's steps that are not of every run."""
        plan = plan_target(
            load_target(self.target), toolchain="", tuning={}, scripts=load_scripts()
        )
        always = {step.name for step in plan if step.recipe.every_run}
        return [step for step in steps if step not in always]

    def start(self, *words: str) -> Running:
        """Start a build of the target from the lab seed."""
        return self.begin("build", "--json", *words)

    def begin(self, *words: str) -> Running:
        """Start a command for the target."""
        command = [sys.executable, "-m", "bh_container", *words]
        errors = (self.root / f"errors.{self.full_name}.txt").open("w+")
        process = subprocess.Popen(
            [*command, "--directory", str(self.root), self.full_name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **BUILD_ENVIRONMENT, **self.environment},
        )
        return Running(process, errors)

    def run(self, command: str) -> Outcome:
        """`resume`, `retry` or `abort` without a terminal, to the end."""
        options = [] if command == "abort" else ["--json"]
        return self.begin(command, *options).finish()

    def build(self, *words: str) -> Outcome:
        """Build the target from the lab seed, to the end."""
        return self.start(*words).finish()

    def result(self) -> Build:
        """The newest complete build."""
        newest = newest_build(self.root / "builds", self.full_name)
        assert newest is not None
        return read_build(newest)

    def journal(self) -> list[Event]:
        """Every line of the target's journal."""
        file = self.root / "volumes" / "journal" / f"{self.full_name}.jsonl"
        if not file.exists():
            return []
        return [json.loads(line) for line in file.read_text().splitlines()]

    def runs(self) -> list[str]:
        """The ids of all runs of the target, oldest first."""
        return [event["run"] for event in self.journal() if event["event"] == "run"]

    def configs_digest(self) -> str:
        """A hash of every name, mode and byte below configs/."""
        total = hashlib.sha256()
        for path in sorted((self.root / "configs").rglob("*")):
            status = path.lstat()
            total.update(f"{path}\0{status.st_mode:o}\0{status.st_mtime_ns}\0".encode())
            if path.is_file():
                total.update(path.read_bytes())
        return total.hexdigest()


@dataclass(frozen=True, slots=True)
class FirstBuild:
    """The first build of the session, and what was there before and after it."""

    outcome: Outcome
    build: Build
    configs_before: str
    configs_after: str


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, podman_engine: PodmanEngine) -> Iterator[Lab]:
    """rpi4-bb-mini, in the project that all lab tests share; a test that changes it puts it back.

    Its containers and sysroot images are removed at the end. Seed and host images stay: another
    project with the same configuration uses them. With BH_LAB_PROJECT, the project is that
    directory, which stays as it is: the next session has less to build.
    """
    if os.geteuid() != 0:
        cannot("the lab seed is made with mmdebstrap, as root")
    kept = os.environ.get("BH_LAB_PROJECT")
    root = Path(kept) if kept else tmp_path_factory.mktemp("lab")
    if not (root / "containerfiles").is_symlink():
        root.mkdir(parents=True, exist_ok=True)
        (root / "containerfiles").symlink_to(CHECKOUT / "containerfiles")
        (root / "volumes").mkdir()
        (root / "volumes/ccache").symlink_to(SHARED_CCACHE)
    SHARED_CCACHE.mkdir(exist_ok=True)
    shutil.rmtree(root / "configs", ignore_errors=True)
    (root / "bh-container.lock").unlink(missing_ok=True)
    shutil.copytree(CHECKOUT / "configs", root / "configs", symlinks=True)
    make_seed(root, tmp_path_factory.getbasetemp().parent / "seed.lock")
    lab = Lab(root, environment=DEFAULTS)
    targets.substitute(root / "configs", FULL_NAME)
    yield lab
    if not kept:
        # No image goes while a target has a container of it, as a run has that was aborted.
        for target in (root / "configs").glob("*.*"):
            remove_containers(Lab(root, target.name), podman_engine)
        remove(lab, podman_engine)


def make_seed(root: Path, lock: Path) -> None:
    """Have the lab seed and its sources, of which tests in several processes make one."""
    command = [sys.executable, "-m", "bh_container", "lab", "--plain", "--directory", str(root)]
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        subprocess.run(
            command, env={**os.environ, "DISTFILES": str(DISTFILES)}, stdout=sys.stderr, check=True
        )


def remove(lab: Lab, engine: PodmanEngine) -> None:
    """Remove what the runs of a target left in Podman, and the project's images."""
    remove_containers(lab, engine)
    project = project_id(lab.root / "volumes/project")
    for image in engine.images(f"{PROJECT_LABEL}={project}"):
        for reference in image.references:
            if f"/{project}/" in reference:
                engine.remove_image(reference)


def remove_containers(lab: Lab, engine: PodmanEngine) -> None:
    """Remove the containers of a target's runs."""
    for run in lab.runs():
        for name in (f"bh-{lab.name}-{run}", f"bh-{lab.name}-{run}-sysroot"):
            engine.remove_container(name)


@pytest.fixture(scope="session")
def first_build(lab: Lab) -> FirstBuild:
    """A complete build of rpi4-bb-mini from nothing but the lab seed."""
    return build_first(lab)


@pytest.fixture(scope="session")
def small(lab: Lab) -> Lab:
    """The small target: for a test that needs a build, and not rpi4-bb-mini.

    A test that changes it puts it back; one that needs a target of its own, or several, takes
    `lab.small("x86_64-unknown-linux-musl.mine")`.
    """
    return lab.small(SMALL)


@pytest.fixture(scope="session")
def small_build(small: Lab) -> FirstBuild:
    """A complete build of the small target."""
    return build_first(small)


def build_first(lab: Lab) -> FirstBuild:
    """Build a target for the first time in this session."""
    before = lab.configs_digest()
    outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    return FirstBuild(outcome, lab.result(), before, lab.configs_digest())
