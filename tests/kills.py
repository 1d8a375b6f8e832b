"""`kill -9` at a random moment of a command, which is then given again.

The moment is decided by a seed, which is in the test's name. BH_KILL_ROUNDS says how often each
command is killed; `BH_KILL_ROUNDS=1 BH_KILL_SEED=123` repeats one.
"""

import os
import random
import subprocess
import time
from dataclasses import dataclass, field

import pytest

ROUNDS = int(os.environ.get("BH_KILL_ROUNDS", "3"))
FIRST = os.environ.get("BH_KILL_SEED")
CHANCE = random.Random(
    os.environ.get("PYTEST_XDIST_TESTRUNUID")
)  # every process has the same tests
SEEDS = [int(FIRST) + n if FIRST else CHANCE.randrange(10**6) for n in range(ROUNDS)]
GUESS = 2.0
"""Seconds that a command is thought to take until one has been seen to its end."""

at_random_moments = pytest.mark.parametrize("seed", SEEDS)


@dataclass(slots=True)
class Killer:
    """Commands and how many seconds each of them takes, as far as it was seen."""

    seconds: dict[str, float] = field(default_factory=dict)

    def kill(self, what: str, process: "subprocess.Popen[str]", seed: int) -> str:
        """Kill a command at the moment that the seed says; return the words that tell of it.

        One that has ended by then has ended well.
        """
        started = time.monotonic()
        point = random.Random(seed).uniform(0.1, 1.1) * self.seconds.get(what, GUESS)
        try:
            output, _ = process.communicate(timeout=point)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"{what} killed after {point:.3f} s (BH_KILL_SEED={seed})"
        self.seconds[what] = time.monotonic() - started
        assert process.returncode == 0, output
        return f"{what} was not killed (BH_KILL_SEED={seed})"

    def again(self, what: str, process: "subprocess.Popen[str]") -> tuple[int, str]:
        """Let a command come to its end; return its status and its output."""
        started = time.monotonic()
        output, _ = process.communicate()
        # What was killed late leaves little to do.
        took = time.monotonic() - started
        self.seconds[what] = max(took, self.seconds.get(what, 0.0))
        return process.returncode, output
