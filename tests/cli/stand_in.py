"""`bh-container` as a process of its own, on a fake engine: `python -m tests.cli.stand_in WORDS`.

Files in the working directory say what the steps of a target do: `modules` fails while there is
`broken.TARGET`; `world` waits, where there is `hold`, until there is `go` or somebody stops it.
A shell is one of this machine.
"""

import os
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bh_container.cli import main, workshop
from bh_container.engine import rootless
from bh_container.engine.protocol import Engine
from bh_container.run.changes import changes
from tests.fakes import Execution, FakeEngine
from tests.run.stage import Crew, default_behaviour, write_output

STOPPED = 143


class Standing(FakeEngine):
    """A fake engine with real shells."""

    def shell_command(self, container: str, command: Sequence[str]) -> list[str]:
        """A shell in the working directory."""
        return ["bash", "--norc", "-i"]


def modules(execution: Execution) -> int:
    """Fail as long as it is told to."""
    target = execution.container.split("-")[1]
    if Path(f"broken.{target}").exists():
        return write_output(b"no modules here\n", status=1)(execution)
    return default_behaviour("target/modules.sh")(execution)


def world(stopped: int) -> Crew:
    """A crew whose `world` waits as long as it is told to, or until `stopped` can be read."""
    crew = Crew()

    def wait(execution: Execution) -> int:
        if execution.container.startswith("bh-host"):
            return default_behaviour("host/world.sh")(execution)
        with changes(Path()) as changed:
            execution.write(b"the world waits\n")
            while Path("hold").exists() and not Path("go").exists():
                readable, _, _ = select.select([changed, stopped], [], [])
                if stopped in readable:
                    return STOPPED
                os.read(changed, 65536)
        return default_behaviour("target/world.sh")(execution)

    crew.instead = {"modules": modules, "world": wait}
    return crew


def run() -> None:
    """The command line, with another engine, outside of Podman's namespaces, with a quick disk."""
    stopped, stop = os.pipe()
    crew = world(stopped)
    crew.on_stop = lambda _: os.write(stop, b"\n") - 1
    engine = Standing(Path("engine").absolute(), answer=crew)

    @contextmanager
    def open_fake(url: str | None, environment: Mapping[str, str]) -> Iterator[Engine]:
        yield engine

    # As unittest.mock would, which takes long to import.
    vars(workshop)["open_engine"] = open_fake
    vars(rootless)["enter"] = lambda words, environment: None
    vars(os)["fsync"] = lambda descriptor: None
    main.run()


if __name__ == "__main__":
    run()
