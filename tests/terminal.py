"""A program on a terminal, with somebody who reads and types."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect

QUESTION = "s, r, t, a or l"
"""What a build on a terminal asks when a step has failed."""


def on_terminal(
    *words: str, environment: Mapping[str, str], patience: float, directory: Path | None = None
) -> "pexpect.spawn[str]":
    """`python -m WORDS` on a wide terminal; `patience` is in seconds."""
    return pexpect.spawn(
        sys.executable,
        ["-m", *words],
        cwd=str(directory) if directory else None,
        env=dict(environment),
        encoding="utf-8",
        timeout=patience,
        dimensions=(50, 200),
    )


def end(process: "pexpect.spawn[str]") -> int | None:
    """Wait for the end, and return the exit status."""
    process.expect(pexpect.EOF)
    process.close()
    return process.exitstatus
