"""A plugin of pytest: the fixture `root`, and what became of each check as lines of JSON."""

import json
import re
from pathlib import Path

import pytest

from bh_container.output.checks.root import Root, read_root

SHIPPED = Path(__file__).parent
_HOST = re.compile(r"\[(?:local|podman://[a-z]+-[a-z]+-[0-9a-f]+)-?")
"""What testinfra adds to a check's name; the rest of the brackets is the check's own."""
_KIND = re.compile(r"^(Failed|AssertionError): ")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `bh_container.output.check` says to the process that it starts."""
    group = parser.getgroup("bh-container")
    group.addoption("--bh-root", type=Path, help="what is checked, written by `write_root`")
    group.addoption("--bh-report", type=Path, help="where the result of each check goes")
    group.addoption("--bh-unable", help="why nothing of the root can be executed")


def pytest_configure(config: pytest.Config) -> None:
    """Start the report."""
    config.pluginmanager.register(Report(config.getoption("bh_report")), "bh-report")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would execute something, when that cannot be done."""
    reason = config.getoption("bh_unable")
    for item in items:
        if reason and "host" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def root(request: pytest.FixtureRequest) -> Root:
    """The root filesystem as a directory of this machine."""
    return read_root(request.config.getoption("bh_root"))


class Report:
    """Writes a line when a check is over: its name, whether it is the target's own, its result."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A check is over when it was called, or when it did not come to that."""
        if report.when == "call" or not report.passed:
            self._write(report.nodeid, report.location[0], report.outcome, report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read is a check that failed."""
        if report.failed:
            self._write(report.nodeid, report.nodeid, "failed", report.longrepr)

    def _write(self, nodeid: str, file: str, outcome: str, longrepr: object) -> None:
        name = _HOST.sub("[", nodeid.rpartition("::")[2].removeprefix("test_")).replace("[]", "")
        line = {
            "check": name,
            "own": not (SHIPPED / Path(file).name).exists(),
            "outcome": outcome,
            "message": _message(longrepr),
        }
        with self._file.open("a") as report:
            report.write(json.dumps(line) + "\n")


def _message(longrepr: object) -> str:
    """Why: the words of the assertion, not the way that led there."""
    if longrepr is None:
        return ""
    if isinstance(longrepr, tuple):  # skipped: file, line, reason
        return str(longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(longrepr, "reprcrash", None)
    return _KIND.sub("", str(crash.message if crash else longrepr))
