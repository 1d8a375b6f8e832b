"""Checking a build: its images stacked as at boot, and what pytest finds in them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bh_container.config.cpu import cpu_of
from bh_container.config.problems import Report
from bh_container.config.source import is_present, read_lines
from bh_container.errors import BhError
from bh_container.output.build import Build
from bh_container.output.checks.plugin import SHIPPED
from bh_container.output.checks.root import Root, write_root
from bh_container.output.images import image_files, initramfs_file
from bh_container.output.machine import MACHINES
from bh_container.output.stack import stack_images

OWN = "tests"
"""The directory of a target that has checks of its own; `setuid` and `accounts` in it are lists."""


_PYTEST = (
    *("-p", "testinfra.plugin", "-p", "bh_container.output.checks.plugin"),
    *("-p", "no:cacheprovider", "-c", os.devnull, "--import-mode", "importlib"),
    *("--continue-on-collection-errors", "--quiet"),
)


class Outcome(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`own` is whether the check is the target's; `message` says why it did not pass."""

    check: str
    outcome: Outcome
    own: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A running container of the root, and what `podman` needs in its environment to reach it."""

    container: str
    environment: Mapping[str, str]


class ChecksFailed(BhError):
    """The build is not as it should be."""

    exit_status = 3

    def __init__(self, build: Path, verdicts: Sequence[Verdict]) -> None:
        self.failed = [one.check for one in verdicts if one.outcome is Outcome.FAILED]
        count = f"{len(self.failed)} of {len(verdicts)} checks failed"
        super().__init__(f"{build}: {count}: {', '.join(self.failed)}")


class ChecksBroken(BhError):
    """The checks themselves came to no end."""

    exit_status = 3


class NotStarted(BhError):
    """The system that was built does not run in a container: that is a fault of its own."""

    exit_status = 3


def lay_out(build: Build, stack: tuple[str, ...], own: Path, root: Path) -> Root:
    """Lay the images in `stack`, topmost first, on base, all in the directory `root`.

    `own` are the target's checks.
    """
    order = [build.images[0], *reversed(stack)]
    with image_files(build, order) as files:
        stack_images(files, root)
    report = Report()
    allowed = {name: _listed(own / name, report) for name in ("setuid", "accounts")}
    report.raise_if_any()
    machine = MACHINES.get(cpu_of(build.target_tuple))
    return Root(
        directory=root,
        target=build.target,
        machine=machine.elf if machine else None,
        kernel=build.kernel,
        initramfs=_initramfs(build, root),
        **allowed,
    )


def run_checks(
    root: Root, own: Path, execution: Execution | BhError, scratch: Path
) -> tuple[Verdict, ...]:
    """Run the shipped checks and those in `own`; without an execution, only what needs none.

    Raises ChecksBroken when pytest itself fails.
    """
    facts, report = scratch / "root.json", scratch / "report.jsonl"
    write_root(root, facts)
    report.touch()
    words = [*_PYTEST, "--bh-root", str(facts), "--bh-report", str(report)]
    # What the user has set for other tests is not for these, and nothing is written beside them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    if isinstance(execution, BhError):
        words += ["--bh-unable", str(execution).replace("\n ", ";")]
    else:
        words += ["--hosts", f"podman://{execution.container}"]
        environment |= execution.environment
    places = [str(SHIPPED), *([str(own)] if own.is_dir() else [])]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(scratch), *words, *places],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=scratch,
    )
    verdicts = tuple(_verdict(line) for line in report.read_text().splitlines())
    if isinstance(execution, NotStarted):
        started = Verdict(
            check="it_starts", outcome=Outcome.FAILED, own=False, message=str(execution)
        )
        verdicts = (started, *verdicts)
    failed = any(verdict.outcome is Outcome.FAILED for verdict in verdicts)
    if not verdicts or (done.returncode and not failed):
        said = done.stdout + done.stderr
        raise ChecksBroken(f"pytest ended with status {done.returncode}: {said}")
    return verdicts


def _initramfs(build: Build, root: Path) -> Path | None:
    """Nothing where it cannot be had: then the check of it says that it was not run."""
    with suppress(BhError):
        return initramfs_file(build, root.with_name(f"{root.name}.initramfs"))
    return None


def _listed(file: Path, report: Report) -> tuple[str, ...]:
    return tuple(line.text for line in read_lines(file, report)) if is_present(file) else ()


def _verdict(line: str) -> Verdict:
    found = json.loads(line)
    outcome = Outcome.NOT_RUN if found["outcome"] == "skipped" else Outcome(found["outcome"])
    return Verdict(
        check=found["check"], outcome=outcome, own=found["own"], message=found["message"]
    )
