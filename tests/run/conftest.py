"""A stage for runs: project, settings, fake engine."""

from itertools import count
from pathlib import Path

import pytest

from tests.run.stage import Stage, open_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return open_stage(tmp_path)


@pytest.fixture(autouse=True)
def seconds_between_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run's id has its second in it; here runs take less, and must not share one."""
    numbers = count(1)

    def new_run() -> str:
        return f"20240229T{next(numbers):06}Z-beef"

    monkeypatch.setattr("bh_container.run.target.new_run", new_run)
    monkeypatch.setattr("bh_container.run.host.new_run", new_run)
    monkeypatch.setattr("bh_container.run.recover.new_run", new_run)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here can see whether a disk has what it was given."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
