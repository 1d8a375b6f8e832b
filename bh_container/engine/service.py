"""The Podman service that the engine talks to: one that runs already, or one of our own.

A service of our own is started with a runtime that works here (`host`), listens on a socket that
only this user can reach, and ends with us. Podman's API ignores a container's `runtime`, so
choosing the service is the only way to choose the runtime.
"""

import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from bh_container.engine.host import HardLimits, HostFacts, choose_runtime, limits_in
from bh_container.engine.orphans import SOCKET, service_directory
from bh_container.engine.peer import listener_of
from bh_container.engine.protocol import EngineError
from bh_container.errors import MissingProgram

IDLE_SECONDS = 600
"""A service that nobody talks to for so long ends by itself, should we die without ending it.

`ensure` starts it again after a long pause of ours, such as a question to the user.
"""

READY_SECONDS = 30.0
PAUSE_SECONDS = 0.02
STOP_SECONDS = 5.0
SETTLE_SECONDS = 0.5


class Service(Protocol):
    """A place where Podman answers."""

    @property
    def path(self) -> Path:
        """The socket that it listens on."""

    @property
    def url(self) -> str:
        """The same as `podman --url` wants it."""

    @property
    def generation(self) -> int:
        """Grows whenever the service has been started again: what ran across that is not proven."""

    def ensure(self) -> None:
        """Make sure that the service runs; raises `EngineError` when it cannot."""

    def settle(self) -> None:
        """A connection broke: if the service is about to end, let it, so that `ensure` sees it."""


def answers(path: Path) -> bool:
    """Whether something listens on a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(READY_SECONDS)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def limits_of(path: Path) -> HardLimits | None:
    """The limits of the process that listens on a socket, and so of the containers it starts.

    Podman lowers its own `nproc` when it starts. None where /proc does not tell.
    """
    try:
        return limits_in(Path(f"/proc/{listener_of(path)}/limits").read_text())
    except OSError:
        return None


class ExistingService:
    """A service that somebody else started and will end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"unix://{path}"
        self.generation = 0

    def ensure(self) -> None:
        """Nothing can be started here; say so when it has gone."""
        if not answers(self.path):
            raise EngineError(
                f"no Podman service answers at {self.url}",
                remedy="start it (systemctl start podman.socket), "
                "or let bh-container start its own: unset CONTAINER_HOST and give no --url",
            )

    def settle(self) -> None:
        """Nothing here can wait for the process of somebody else."""


class OwnService:
    """A `podman system service` of ours, started by the first `ensure` and again when it ends."""

    def __init__(self, facts: HostFacts, environment: Mapping[str, str], directory: Path) -> None:
        if facts.podman is None:
            raise MissingProgram("podman", debian="podman", gentoo="app-containers/podman")
        self.path = directory / SOCKET
        self.url = f"unix://{self.path}"
        self.generation = 0
        self._log = directory / "service.log"
        runtime = ["--runtime", choose_runtime(facts)]
        command = ["system", "service", f"--time={IDLE_SECONDS}", self.url]
        self._command = [str(facts.podman), *runtime, *command]
        self._environment = _for_service(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Start the service unless it runs, and wait until it answers."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.generation += 1
                self._process = self._start()
                self._wait(self._process)

    def settle(self) -> None:
        """Wait a moment for a service that got a signal; one that is well keeps running."""
        with self._lock, suppress(subprocess.TimeoutExpired):
            if self._process:
                self._process.wait(SETTLE_SECONDS)

    def close(self) -> None:
        """End the service. Containers, and what is executed in them, run on."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # A socket that a killed service left behind would be taken for a running one.
        self.path.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                # Ctrl-C is for us: the service must live to answer what we clean up with.
                start_new_session=True,
            )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the first answer; the pause between two tries ends at once when Podman does."""
        for _ in range(int(READY_SECONDS / PAUSE_SECONDS)):
            if answers(self.path):
                return
            with suppress(subprocess.TimeoutExpired):
                process.wait(PAUSE_SECONDS)
                break
        process.kill()
        process.wait()
        words = self._log.read_text(errors="replace").strip().splitlines()[-5:]
        raise EngineError(
            f"Podman's service did not start: {' '.join(self._command)}",
            remedy="; ".join(words) or "it said nothing; try the command by hand",
        )


def _for_service(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would turn `podman` into a client of another service."""
    remote = ("CONTAINER_HOST", "CONTAINER_CONNECTION")
    return {
        **{name: value for name, value in environment.items() if name not in remote},
        "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
    }


@contextmanager
def own_service(facts: HostFacts, environment: Mapping[str, str]) -> Iterator[OwnService]:
    """A running service of our own, ended when the context is left."""
    with service_directory() as directory:
        service = OwnService(facts, environment, directory)
        try:
            service.ensure()
            yield service
        finally:
            service.close()
