"""A target, a host and a project that are right, to be made wrong by a test."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.config.tree import HOST, TARGET, TUPLE, write_tree

Write = Callable[[Mapping[str, str | None]], Path]


@pytest.fixture
def write_target(tmp_path: Path) -> Write:
    """Writes a stage0 target with the changes that a test wants; None leaves a file out."""

    def write(changes: Mapping[str, str | None]) -> Path:
        return write_tree(tmp_path / "configs" / f"{TUPLE}.box", {**TARGET, **changes})

    return write


@pytest.fixture
def write_host(tmp_path: Path) -> Write:
    """The same for a host configuration."""

    def write(changes: Mapping[str, str | None]) -> Path:
        return write_tree(tmp_path / "configs" / "host-here", {**HOST, **changes})

    return write
