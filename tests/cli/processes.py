"""A project whose builds are processes of their own, on a fake engine (`stand_in`)."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.run.stage import BOX

CHECKOUT = Path(__file__).parents[2]
STAND_IN = [sys.executable, "-m", "tests.cli.stand_in"]
REAL = [sys.executable, "-m", "bh_container"]
PATIENCE = 30.0
NOT_OURS = ("TMUX", "PYTHONUNBUFFERED")
"""Variables of who runs the tests that make a difference to what is tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The project's root, and the environment that its processes have."""

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {
            **{key: value for key, value in os.environ.items() if not key.startswith(NOT_OURS)},
            "PYTHONPATH": str(CHECKOUT),
            "TERM": "screen",
        }
    )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command without a terminal, its two outputs in one."""
        return subprocess.Popen(
            [*STAND_IN, *words],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Its exit status, and all that it wrote."""
        process = self.start(*words)
        output, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, output

    def begun(self, target: str = BOX) -> list[str]:
        """The steps of a target that were started, ever."""
        journal = self.root / "volumes/journal" / f"{target}.jsonl"
        lines = journal.read_text().splitlines() if journal.exists() else []
        return [event["step"] for event in map(json.loads, lines) if event["event"] == "begun"]
