"""What bh-container costs beside the steps' own commands.

    python benchmarks/overhead.py TARGET [--seed lab]

Builds TARGET in a new project directory, with a copy of this checkout's configuration: first cold
(the host image may come from an earlier build), then again with nothing to do. Prints the share
of wall time outside of the steps, and where the time of the second build goes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bh_container.cli.place import open_project
from bh_container.cli.workshop import Given, open_workshop
from bh_container.config.wanted import read_wanted
from bh_container.run.build import build as build_targets
from bh_container.run.seeds import seed_sources
from bh_container.seed.choose import choose_seed

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run both builds and print the two tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target")
    parser.add_argument("--seed", default="lab")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bh-overhead-") as scratch:
        project = make_project(Path(scratch))
        cold(project, given.target, given.seed)
        no_op(project, given.target, given.seed)


def make_project(directory: Path) -> Path:
    """A project with this checkout's configurations and downloads, and nothing built."""
    shutil.copytree(CHECKOUT / "configs", directory / "configs", symlinks=True)
    (directory / "containerfiles").symlink_to(CHECKOUT / "containerfiles")
    os.environ["DISTFILES"] = str(CHECKOUT / "volumes" / "distfiles")
    return directory


def cold(project: Path, target: str, seed: str) -> None:
    """Time a whole build, and each of its steps, from the JSON events."""
    command = [sys.executable, "-m", "bh_container", "build", "--json", "--seed", seed]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--directory", str(project), target], check=True, stdout=subprocess.PIPE
    )
    wall = time.perf_counter() - started
    events = [json.loads(line) for line in done.stdout.splitlines()]
    steps = [event for event in events if event["event"] == "StepFinished"]
    inside = sum(event["seconds"] for event in steps)
    print(f"cold build of {target}: {wall:.1f} s")
    for event in sorted(steps, key=lambda event: -event["seconds"])[:10]:
        print(f"  {event['seconds']:8.1f} s  {event['unit']}: {event['step']}")
    print(f"  {wall - inside:8.1f} s  outside of the {len(steps)} steps")
    print(f"share outside of the steps: {100 * (wall - inside) / wall:.1f} %")


def no_op(project: Path, target: str, seed: str) -> None:
    """Time the phases of a build that has nothing to do."""
    phases: dict[str, float] = {}

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        phases[name] = time.perf_counter() - started

    with phase("start Python and import everything"):
        subprocess.run([sys.executable, "-c", "import bh_container.cli.workshop"], check=True)
    options: dict[str, object | None] = {"directory": project, "seed": seed}
    with phase("read and check the configuration"):
        where, settings = open_project(options)
        wanted = read_wanted(where.host_directory(settings.host), [where.find_target(target)])
    opening = time.perf_counter()
    with open_workshop(where, settings, Given(options=options, json=True)) as shop:
        phases["reach Podman"] = time.perf_counter() - opening
        with phase("find the seed"):
            choose_seed(shop.engine, settings.seed, seed_sources(shop), lambda _event: None)
        with phase("compare with what is done (seed, host and target)"):
            build_targets(shop, wanted)
        closing = time.perf_counter()
    phases["let go of Podman"] = time.perf_counter() - closing
    print(f"build of {target} with nothing to do: {sum(phases.values()):.2f} s")
    for name, seconds in phases.items():
        print(f"  {seconds:8.2f} s  {name}")


if __name__ == "__main__":
    main()
