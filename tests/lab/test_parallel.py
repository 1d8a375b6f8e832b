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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.history.identity import PROJECT_LABEL, project_id
from bh_container.output.build import newest_build
from tests.conftest import cannot
from tests.lab.conftest import BUILD_ENVIRONMENT, SMALL, FirstBuild, Lab
from tests.lab.test_recovery import MENDED, PATIENCE, QUESTION
from tests.tmux import Tmux

pytestmark = [pytest.mark.lab, pytest.mark.long]

JOBS = 2
ARM = "aarch64-unknown-linux-musl"
ARM_AGAIN = "aarch64-lab-linux-musl"
X86 = "x86_64-unknown-linux-musl"
FAILS = f"{ARM}.many1"
NEEDS_TWO = f"{X86}.many5"
MANY = (FAILS, f"{ARM}.many2", f"{ARM_AGAIN}.many3", f"{X86}.many4", NEEDS_TWO)
COMPILERS = {"cc1", "cc1plus"}
INTERVAL = 0.05
AARCH64 = b"\xb7\x00"
"""EM_AARCH64, at offset 18 of an ELF file."""

EBUILD = f"""
EAPI=8
DESCRIPTION="An object that the compiler of another tuple made"
LICENSE="MIT"
SLOT="0"
KEYWORDS="amd64 arm64"
S=${{WORKDIR}}

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
def many(lab: Lab, small: Lab, small_build: FirstBuild) -> Iterator[tuple[Lab, ...]]:
    """The targets: those of the small one's tuple have its binary packages."""
    targets = tuple(lab.small(name) for name in MANY)
    store = lab.root / "volumes/binpkgs"
    for target in targets:
        if target.full_name.startswith(f"{ARM}."):
            shutil.copytree(store / SMALL, store / target.full_name, dirs_exist_ok=True)
    add_line(targets[0].target / "worlds/extra", "app-misc/fails-until")
    add_line(targets[-1].target / "worlds/extra", "app-misc/two")
    repository = targets[-1].target / "repos/two"
    for file, text in {
        "metadata/layout.conf": "masters = gentoo\n",
        "profiles/repo_name": "two\n",
        "app-misc/two/two-1.ebuild": EBUILD,
    }.items():
        (repository / file).parent.mkdir(parents=True, exist_ok=True)
        (repository / file).write_text(text)
    conf = targets[-1].target / "target-portage/repos.conf/two.conf"
    conf.write_text("[two]\nlocation = /var/db/repos/two\nauto-sync = no\n")
    yield targets
    for target in targets:
        shutil.rmtree(target.target)


def add_line(file: Path, line: str) -> None:
    file.write_text(f"{file.read_text()}{line}\n")


def test_five_targets_of_three_tuples_and_the_failed_one_in_tmux(
    lab: Lab, many: tuple[Lab, ...], podman_engine: PodmanEngine, tmux: Tmux
) -> None:
    one_fails(lab, many, podman_engine)
    mend_in_tmux(many[0], many[1], tmux)


def one_fails(lab: Lab, many: tuple[Lab, ...], podman_engine: PodmanEngine) -> None:
    """Build all without a terminal: four are complete, and no more compilers run than may."""
    project = project_id(lab.root / "volumes/project")
    sampler = Sampler(podman_engine, f"{PROJECT_LABEL}={project}")
    with sampler.sampling():
        outcome = many[0].start("--jobs", str(JOBS), *MANY[1:]).finish()
    assert outcome.status == 3, outcome.errors
    assert 0 < max(sampler.counts) <= JOBS
    complete = [name for name in MANY if newest_build(lab.root / "builds", name)]
    assert complete == list(MANY[1:])
    (failed,) = failed_units(outcome.errors)
    assert failed == "many1"
    for word in ("shell", "resume", "retry", "abort"):
        assert f"bh-container {word} many1\n" in outcome.errors
    started = [e for e in outcome.events if e["event"] == "StepStarted"]
    assert {e["unit"] for e in started} >= {name.partition(".")[2] for name in MANY}
    image = str(many[-1].result().directory / "extra")
    command = ["rdsquashfs", "--cat", "usr/share/two/answer", image]
    answer = subprocess.run(command, check=True, capture_output=True).stdout
    assert answer[18:20] == AARCH64


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
    assert {"skeleton", "libc", "kernel-package"}.isdisjoint(steps)
    assert "world" in steps
    assert other.journal()[-1]["event"] == "complete"
