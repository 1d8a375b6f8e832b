"""How long the command takes before it does anything, and `plan` of many targets.

    python benchmarks/start.py [TARGETS]

Makes a new project with so many targets (50), which are copies of the shipped ones in turn, and
times commands as a user starts them: without Podman, with the bytecode that an installation has.
Each runs several times; the best counts. The time of `python -c pass` is what no program in Python
can be below: against it, machines compare. Where something else runs too, the time that the
processor spent says more than the clock does.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
RUNS = 7
PROGRAM = [sys.executable, "-m", "bh_container"]


def main() -> None:
    """Make the projects and print a table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory(prefix="bh-start-") as scratch:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        shipped, many = Path(scratch, "shipped"), Path(scratch, "many")
        make_project(shipped, len(configurations()))
        make_project(many, number)
        rows = [
            ("python -c pass", None, [sys.executable, "-c", "pass"]),
            ("python -c 'import typer'", None, [sys.executable, "-c", "import typer"]),
            ("--help", 0.2, [*PROGRAM, "--help"]),
            (f"list, {len(configurations())} targets", 0.3, [*PROGRAM, "list", "-C", str(shipped)]),
            (f"list, {number} targets", None, [*PROGRAM, "list", "-C", str(many)]),
            (f"plan, {number} targets", 1.0, [*PROGRAM, "plan", "--offline", "-C", str(many)]),
        ]
        _, least = measure(rows[0][2])
        print(f"{'command':<26} {'seconds':>8} {'processor':>9} {'ratio':>6}  goal")
        for name, goal, command in rows:
            took, busy = measure(command)
            wanted = f"{goal} s: {'yes' if took < goal else 'NO'}" if goal else ""
            print(f"{name:<26} {took:>8.3f} {busy:>9.3f} {busy / least:>6.1f}  {wanted}".rstrip())


def configurations() -> list[Path]:
    """The shipped targets."""
    return sorted(path for path in CONFIGS.iterdir() if "." in path.name)


def make_project(project: Path, number: int) -> None:
    """Copies of the shipped targets and their host, under names of their own."""
    shipped = configurations()
    for index in range(number):
        source = shipped[index % len(shipped)]
        shutil.copytree(source, project / "configs" / f"{source.name}-{index}", symlinks=True)
    shutil.copytree(CONFIGS / "host", project / "configs" / "host", symlinks=True)
    (project / "bh-container.yaml").write_text("format: 1\njobs: 8\nsets: {all: [one, two]}\n")


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, each the best of several times."""
    clock: list[float] = []
    busy: list[float] = []
    for _ in range(RUNS):
        started, before = time.perf_counter(), _spent()
        subprocess.run(command, check=True, stdout=subprocess.PIPE)
        clock.append(time.perf_counter() - started)
        busy.append(_spent() - before)
    return min(clock), min(busy)


def _spent() -> float:
    """What the processes that were waited for have had of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
