"""Five targets of three tuples at a time: one fails, the others are complete, within one budget.

Then two of them in tmux, where what failed is mended.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.history.identity import PROJECT_LABEL, project_id
from bh_container.output.build import newest_build
from tests.conftest import cannot
from tests.lab.conftest import BUILD_ENVIRONMENT, Event, Lab, remove_containers
from tests.lab.targets import add_ebuild, make_tiny
from tests.lab.test_recovery import MENDED
from tests.terminal import QUESTION
from tests.tmux import Tmux

pytestmark = pytest.mark.lab

JOBS = 3
PATIENCE = 300
ARM = "aarch64-unknown-linux-musl"
ARM_AGAIN = "aarch64-lab-linux-musl"
X86 = "x86_64-unknown-linux-musl"
FAILS = f"{ARM}.many1"
NEEDS_TWO = f"{X86}.many5"
MANY = {
    FAILS: "app-misc/fails-until",
    f"{ARM}.many2": "app-misc/hello",
    f"{ARM_AGAIN}.many3": "app-misc/hello",
    f"{X86}.many4": "app-misc/hello",
    NEEDS_TWO: "app-misc/two",
}
"""What is in base beside the libc: little, and no kernel, since only how they run counts here."""
COMPILERS = {"cc1", "cc1plus"}
INTERVAL = 0.05
AARCH64 = b"\xb7\x00"
"""EM_AARCH64, at offset 18 of an ELF file."""

TWO = f"""
RESTRICT="strip"
src_compile() {{
	echo 'int answer(void) {{ return 42; }}' >answer.c || die
	{ARM}-gcc -c -o answer.o answer.c || die
}}

src_install() {{
	insinto /usr/share/two
	newins answer.o answer
}}
"""


class Sampler:
    """Counts the compilers in the containers of a project, again and again."""

    def __init__(self, engine: PodmanEngine, label: str) -> None:
        self._engine = engine
        self._label = label
        self.counts: list[int] = []

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Count as long as this lasts."""
        over = threading.Event()

        def sample() -> None:
            while not over.wait(INTERVAL):
                self.counts.append(self._count())

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _count(self) -> int:
        compilers = [process for process in Path("/proc").glob("[0-9]*") if _is_compiler(process)]
        if not compilers:
            return 0
        ours = [container.id for container in self._engine.containers(self._label)]
        return sum(any(one in _read(process / "cgroup") for one in ours) for process in compilers)


def _is_compiler(process: Path) -> bool:
    return _read(process / "comm").strip() in COMPILERS


def _read(file: Path) -> str:
    """The content of a file of a process that may have ended."""
    try:
        return file.read_text()
    except OSError:
        return ""


@pytest.fixture
def many(lab: Lab, podman_engine: PodmanEngine) -> Iterator[tuple[Lab, ...]]:
    """The targets, copies of the small one with other packages."""
    targets = tuple(lab.small(name) for name in MANY)
    for target in targets:
        make_tiny(target.target, MANY[target.full_name])
        add_ebuild(target.target, "app-misc/two-1", TWO)
    yield targets
    for target in targets:
        events = target.journal()
        if events and events[-1]["event"] not in ("complete", "dropped"):
            target.run("abort")
        remove_containers(target, podman_engine)
        shutil.rmtree(target.target)


def test_five_targets_of_three_tuples_and_the_failed_one_in_tmux(
    lab: Lab, many: tuple[Lab, ...], podman_engine: PodmanEngine, tmux: Tmux
) -> None:
    one_fails(lab, many, podman_engine)
    mend_in_tmux(many[0], many[1], tmux)


def one_fails(lab: Lab, many: tuple[Lab, ...], podman_engine: PodmanEngine) -> None:
    """Build all without a terminal: four are complete, and no more compilers run than may."""
    project = project_id(lab.root / "volumes/project")
    sampler = Sampler(podman_engine, f"{PROJECT_LABEL}={project}")
    others = [name for name in MANY if name != FAILS]
    with sampler.sampling():
        outcome = many[0].start("--jobs", str(JOBS), *others).finish()
    complete = [name for name in MANY if newest_build(lab.root / "builds", name)]
    assert (outcome.status, complete) == (3, others), outcome.errors
    assert 0 < max(sampler.counts) <= JOBS
    assert failed_units(outcome.errors) == ["many1"]
    for word in ("shell", "resume", "retry", "abort"):
        assert f"bh-container {word} many1\n" in outcome.errors
    assert begun_together(outcome.events) == {name.partition(".")[2] for name in MANY}
    image = str(many[-1].result().directory / "base")
    command = ["rdsquashfs", "--cat", "usr/share/two/answer", image]
    answer = subprocess.run(command, check=True, capture_output=True).stdout
    assert answer[18:20] == AARCH64


def begun_together(events: Iterable[Event]) -> set[str]:
    """The targets of which a step had written something before any of them was complete."""
    of_targets = (event for event in events if event["unit"] != "host")
    before = takewhile(lambda event: event["event"] != "UnitFinished", of_targets)
    return {event["unit"] for event in before if event["event"] == "StepOutput"}


def failed_units(errors: str) -> list[str]:
    """The units of which a summary says that a step failed."""
    return re.findall(r"^(?:bh-container: )?(\S+): step '.*' failed", errors, re.MULTILINE)


@pytest.fixture
def tmux(lab: Lab, tmp_path: Path) -> Iterator[Tmux]:
    """A tmux server of our own, with a session that has one window."""
    if shutil.which("tmux") is None:
        cannot("there is no tmux: apt-get install tmux")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("TMUX")}
    own = {**BUILD_ENVIRONMENT, "SHELL": "/bin/sh"}
    tmux = Tmux(
        environment={**outside, **own, "TMUX_TMPDIR": str(tmp_path)},
        words=("-L", "own"),
        patience=PATIENCE,
    )
    try:
        size = ("-x", "200", "-y", "50")
        tmux("-f", "/dev/null", "new-session", "-d", "-n", "main", *size, "-c", str(lab.root), "sh")
        yield tmux
    finally:
        tmux.end()


def mend_in_tmux(failing: Lab, other: Lab, tmux: Tmux) -> None:
    """Build two: one fails again, and is mended in a shell in its window."""
    (other.target / "initramfs/mark").touch()
    names = [FAILS, other.full_name]
    build = [sys.executable, "-m", "bh_container", "build", "--tmux", *names]
    tmux.type("main", f"{shlex.join(build)}; echo status-$?")
    tmux.shows("many1", QUESTION)
    begun = len(failing.journal())
    assert "step 'world' failed" in tmux.screen("many1")
    tmux.type("many1", "s")
    tmux.shows("many1", "the step is: bash /bh/steps/target/world.sh")
    tmux.type("many1", f"mkdir -p {Path(MENDED).parent} && touch {MENDED}; exit")
    tmux.shows("many1", QUESTION, times=2)
    tmux.type("many1", "r")
    tmux.shows("main", "status-0")
    assert tmux.windows() == ["main"]
    steps = [e["step"] for e in failing.journal()[begun:] if e["event"] == "begun"]
    assert {"skeleton", "libc", "box"}.isdisjoint(steps)
    assert "world" in steps
    assert other.journal()[-1]["event"] == "complete"
