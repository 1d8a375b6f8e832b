"""A project on this machine's disk, and the command line with a fake engine behind it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from bh_container.cli.main import app
from bh_container.engine.protocol import Engine
from tests.config.tree import HOST, TUPLE, write_tree
from tests.conftest import write_root
from tests.fakes import FakeEngine
from tests.run.stage import BOX, BOX_TREE, Crew

Run = Callable[..., Result]
VARIABLES = (
    "BH_",
    "BUILD_",
    "MAKEOPTS",
    "DISTFILES",
    "GENTOO_",
    "TARBALL_",
    "TMP_",
    "CONTAINER_",
    "VIDEO_",
    "MOUNT_",
    "UMOUNT_",
    "HIST_",
    "TMUX_",
)
SECOND = f"{TUPLE}.second"
made_once = cache(get_command)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here can see whether a disk has what it was given."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture(autouse=True)
def every_command_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`CliRunner.invoke` makes all of them, with all of their options, for each call."""
    monkeypatch.setattr("typer.testing._get_command", made_once)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a project with a host, two targets and a tarball for a seed."""
    root = tmp_path / "project"
    write_tree(root / "configs" / BOX, BOX_TREE)
    write_tree(root / "configs" / SECOND, BOX_TREE)
    write_tree(root / "configs/host", HOST)
    (root / "bh-container.yaml").write_text("seed: ./stage3.tar\nunsigned_seed: yes\n")
    write_root(root / "stage3.tar")
    monkeypatch.chdir(root)
    for name in list(os.environ):
        if name.startswith(VARIABLES):
            monkeypatch.delenv(name)
    return root


@pytest.fixture
def crew(fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Crew:
    """What the containers do; the engine that every command opens is the fake one."""
    crew = Crew()
    fake_engine.answer = crew

    @contextmanager
    def open_fake(url: str | None, environment: object) -> Iterator[Engine]:
        yield fake_engine

    for module in ("cli.workshop", "engine.podman"):
        monkeypatch.setattr(f"bh_container.{module}.open_engine", open_fake)
    return crew


@pytest.fixture
def run() -> Run:
    """`bh-container` with these words, in this process."""
    runner = CliRunner()

    def run(*words: str) -> Result:
        return runner.invoke(app, words)

    return run
