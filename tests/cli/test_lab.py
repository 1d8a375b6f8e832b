"""`bh-container lab`."""

from pathlib import Path

import pytest

from bh_container.seed.seed import Seed
from tests.cli.conftest import Run
from tests.run.stage import Crew


def test_it_says_which_image_it_made(
    project: Path, crew: Crew, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bh_container.seed.lab.lab_seed", lambda *_: Seed(identity="lab-1", image="an-id")
    )
    result = run("lab")
    assert (result.exit_code, result.stdout) == (0, "an-id\n")
