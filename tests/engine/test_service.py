"""A service of our own: how it starts, ends, and starts again. Its Podman is a small script."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.engine.host import Cgroups, HardLimits, HostFacts, limits_in
from bh_container.engine.protocol import EngineError
from bh_container.engine.service import (
    ExistingService,
    OwnService,
    answers,
    limits_of,
    own_service,
)
from bh_container.errors import MissingProgram

LISTENS = """\
#!{python}
import os, socket, sys
from pathlib import Path
here = Path(__file__).parent
(here / "words").write_text("\\n".join(sys.argv[1:]))
(here / "environment").write_text("\\n".join(os.environ))
with (here / "starts").open("a") as starts:
    print(os.getpid(), file=starts)
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[-1].removeprefix("unix://"))
listener.listen()
while True:
    listener.accept()[0].close()
"""

FAILS = """\
#!/bin/sh
echo "no space left" >&2
exit 125
"""


@pytest.fixture
def facts(tmp_path: Path) -> HostFacts:
    return program(tmp_path, LISTENS.format(python=sys.executable))


def program(directory: Path, text: str) -> HostFacts:
    script = directory / "podman"
    script.write_text(text)
    script.chmod(0o755)
    return HostFacts(
        user=0,
        cgroups=Cgroups.HYBRID,
        limits=HardLimits(open_files=1, processes=1),
        podman=script,
        runtimes=("crun", "runc"),
    )


@pytest.fixture
def service(facts: HostFacts, tmp_path: Path) -> Iterator[OwnService]:
    directory = tmp_path / "private"
    directory.mkdir()
    service = OwnService(facts, {"HOME": "/", "CONTAINER_HOST": "unix:///other"}, directory)
    yield service
    service.close()


def starts(directory: Path) -> list[int]:
    return [int(line) for line in (directory / "starts").read_text().split()]


def test_it_is_started_with_a_runtime_that_works_and_a_time_to_live(
    service: OwnService, tmp_path: Path
) -> None:
    service.ensure()
    words = (tmp_path / "words").read_text().split("\n")
    assert words == ["--runtime", "runc", "system", "service", "--time=600", service.url]
    assert "CONTAINER_HOST" not in (tmp_path / "environment").read_text().split("\n")


def test_it_is_started_once(service: OwnService, tmp_path: Path) -> None:
    for _ in range(3):
        service.ensure()
    assert len(starts(tmp_path)) == service.generation == 1


def test_it_is_started_again_when_it_was_killed(service: OwnService, tmp_path: Path) -> None:
    service.ensure()
    (first,) = starts(tmp_path)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert service.path.exists(), "a killed service leaves its socket"
    service.ensure()
    assert answers(service.path)
    assert len(starts(tmp_path)) == service.generation == 2


def test_it_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(
    service: OwnService, tmp_path: Path
) -> None:
    service.ensure()
    (pid,) = starts(tmp_path)
    assert os.getsid(pid) == pid


def test_the_limits_of_the_listener_are_found(service: OwnService, tmp_path: Path) -> None:
    service.ensure()
    (pid,) = starts(tmp_path)
    assert limits_of(service.path) == limits_in(Path(f"/proc/{pid}/limits").read_text())
    assert limits_of(tmp_path / "missing") is None


def test_it_ends_with_its_context(facts: HostFacts, tmp_path: Path) -> None:
    with own_service(facts, {}) as service:
        (pid,) = starts(tmp_path)
        assert answers(service.path)
    assert not Path(f"/proc/{pid}").exists()
    assert not service.path.parent.exists()


def test_what_a_failing_podman_says_is_passed_on(tmp_path: Path) -> None:
    with (
        pytest.raises(EngineError, match=r"did not start(.|\n)*no space left"),
        own_service(program(tmp_path, FAILS), {}),
    ):
        pass


def test_without_podman_the_package_is_named(facts: HostFacts, tmp_path: Path) -> None:
    with pytest.raises(MissingProgram, match="apt-get install podman"):
        OwnService(replace(facts, podman=None), {}, tmp_path)


def test_a_service_of_somebody_else_is_not_started(tmp_path: Path) -> None:
    path = tmp_path / "podman.sock"
    service = ExistingService(path)
    with pytest.raises(EngineError, match="no Podman service answers at unix://"):
        service.ensure()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        service.ensure()
