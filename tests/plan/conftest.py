"""The shipped configurations, to be changed by a test."""

from pathlib import Path

import pytest

from tests.shipped import Shipped, copy_shipped


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    return copy_shipped(tmp_path)
