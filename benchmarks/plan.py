"""How long `bh-container plan` takes for many targets.

    python benchmarks/plan.py [TARGETS]

Makes a new project with so many targets (50), which are copies of the shipped ones in turn, and
times the command as a user starts it, without Podman: three times, the best counts.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
RUNS = 3


def main() -> None:
    """Make the project and print the time."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory(prefix="bh-plan-") as scratch:
        project = Path(scratch)
        make_project(project, number)
        command = [sys.executable, "-m", "bh_container", "plan", "--offline", "-C", str(project)]
        best = min(measure(command) for _ in range(RUNS))
    print(f"plan of {number} targets: {best:.2f} s")


def make_project(project: Path, number: int) -> None:
    """Copies of the shipped targets and their host, under names of their own."""
    shipped = sorted(path for path in CONFIGS.iterdir() if "." in path.name)
    for index in range(number):
        source = shipped[index % len(shipped)]
        shutil.copytree(source, project / "configs" / f"{source.name}-{index}", symlinks=True)
    shutil.copytree(CONFIGS / "host", project / "configs" / "host", symlinks=True)


def measure(command: list[str]) -> float:
    """Seconds until the command has ended."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
