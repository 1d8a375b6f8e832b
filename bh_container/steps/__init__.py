"""The shell scripts that run inside a container: one file, one step.

A person in a rescue shell can run any of them by hand: `bash /bh/steps/target/world.sh`.
"""

from collections.abc import Mapping
from pathlib import Path

DIRECTORY = Path(__file__).parent


def load_scripts() -> Mapping[str, str]:
    """The text of every step by its name, for example `target/world.sh`."""
    return {
        script.relative_to(DIRECTORY).as_posix(): script.read_text(encoding="utf-8")
        for script in sorted(DIRECTORY.rglob("*.sh"))
    }
