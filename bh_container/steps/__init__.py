"""What runs inside a container: shell scripts, one file a step, and the programs that they call.

A person in a rescue shell can run any of them by hand: `bash /bh/steps/target/world.sh`.
"""

from collections.abc import Mapping
from pathlib import Path

DIRECTORY = Path(__file__).parent
PROGRAMS = "inside"


def load_scripts() -> Mapping[str, str]:
    """The text of every step and program by its name, for example `target/world.sh`."""
    files = [*DIRECTORY.rglob("*.sh"), *(DIRECTORY / PROGRAMS).glob("[!_]*.py")]
    return {
        file.relative_to(DIRECTORY).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(files)
    }
