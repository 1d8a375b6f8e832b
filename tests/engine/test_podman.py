"""Commands in real containers: status, output, interruption, and a service that dies."""

import hashlib
import os
import signal
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from bh_container.engine.api import Api
from bh_container.engine.host import choose_ulimits, gather_facts
from bh_container.engine.peer import listener_of
from bh_container.engine.podman import PodmanEngine, open_engine
from bh_container.engine.protocol import Bind, ContainerSpec, EngineError, EngineLost
from bh_container.engine.service import OwnService, limits_of, own_service

pytestmark = pytest.mark.podman


def run(engine: PodmanEngine, box: str, script: str, **environment: str) -> tuple[int, str]:
    """The status and the output of a shell script."""
    parts: list[bytes] = []
    status = engine.execute(box, ["sh", "-c", script], environment=environment, output=parts.append)
    return status, b"".join(parts).decode()


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["true"], 0),
        (["false"], 1),
        (["sh", "-c", "exit 42"], 42),
        (["/run/.containerenv"], 126),
        (["no-such-program"], 127),
        (["sh", "-c", "kill -9 $$"], 137),
        (["sh", "-c", "kill -TERM $$"], 143),
    ],
)
def test_statuses(podman_engine: PodmanEngine, box: str, command: list[str], status: int) -> None:
    assert podman_engine.execute(box, command) == status


def test_output_of_both_streams(podman_engine: PodmanEngine, box: str) -> None:
    status, output = run(podman_engine, box, "echo out; echo err >&2; exit 3")
    assert status == 3
    assert sorted(output.split()) == ["err", "out"]


def test_environment_and_directory(podman_engine: PodmanEngine, box: str) -> None:
    value = "a 'b' \"c\" $d\n=e"
    assert run(podman_engine, box, 'printf "%s" "$V"', V=value) == (0, value)
    parts: list[bytes] = []
    assert podman_engine.execute(box, ["pwd"], directory="/usr", output=parts.append) == 0
    assert b"".join(parts) == b"/usr\n"


def test_standard_input_is_empty(podman_engine: PodmanEngine, box: str) -> None:
    assert run(podman_engine, box, "cat; echo $?") == (0, "0\n")


def test_many_megabytes_arrive_whole(podman_engine: PodmanEngine, box: str) -> None:
    last = 2_900_000
    got, wanted, size = hashlib.sha256(), hashlib.sha256(), 0

    def take(piece: bytes) -> None:
        nonlocal size
        got.update(piece)
        size += len(piece)

    assert podman_engine.execute(box, ["seq", str(last)], output=take) == 0
    wanted.update("".join(f"{number}\n" for number in range(1, last + 1)).encode())
    assert size > 20_000_000
    assert got.digest() == wanted.digest()


def test_output_comes_while_the_command_runs(
    podman_engine: PodmanEngine, box: str, tmp_path: Path
) -> None:
    seen: list[bytes] = []

    def take(piece: bytes) -> None:
        seen.append(piece)
        if b"first" in piece:
            podman_engine.execute(box, ["touch", "/run/seen"])

    script = "echo first; while ! [ -e /run/seen ]; do sleep 0.05; done; echo second"
    assert podman_engine.execute(box, ["timeout", "20", "sh", "-c", script], output=take) == 0
    assert b"".join(seen) == b"first\nsecond\n"


def test_limits_are_set_and_the_container_is_privileged(
    podman_engine: PodmanEngine, box: str
) -> None:
    of_service = limits_of(Path(podman_engine.url.removeprefix("unix://")))
    assert of_service is not None
    wanted, _ = choose_ulimits(gather_facts(os.environ).limits, of_service)
    _, output = run(podman_engine, box, "ulimit -n; mount -t tmpfs none /tmp && echo mounted")
    files, mounted = output.split()
    assert int(files) == wanted.value
    assert mounted == "mounted"


def test_stopping_ends_everything_and_it_can_be_started_again(
    podman_engine: PodmanEngine, box: str
) -> None:
    run(podman_engine, box, "setsid sleep 1234 >/dev/null 2>&1 &")
    _, output = run(podman_engine, box, "ps | grep '[s]leep 1234'")
    assert output
    podman_engine.stop_container(box)
    podman_engine.stop_container(box)
    found = podman_engine.container(box)
    assert found is not None
    assert not found.running
    podman_engine.start_container(box)
    podman_engine.start_container(box)
    assert run(podman_engine, box, "ps | grep '[s]leep 1234'") == (1, "")


def test_removing_a_container_under_a_command_is_no_success(
    podman_engine: PodmanEngine, box: str
) -> None:
    with pytest.raises(EngineLost):
        podman_engine.execute(
            box,
            ["sh", "-c", "echo runs; sleep 60"],
            output=lambda piece: podman_engine.remove_container(box),
        )


@pytest.mark.parametrize("kind", [KeyboardInterrupt, OSError])
def test_an_interrupted_command_leaves_the_engine_usable(
    podman_engine: PodmanEngine, box: str, kind: type[BaseException]
) -> None:
    def interrupt(piece: bytes) -> None:
        raise kind

    for _ in range(3):
        with pytest.raises(kind):
            podman_engine.execute(box, ["sh", "-c", "echo runs; sleep 60"], output=interrupt)
        assert podman_engine.execute(box, ["false"]) == 1
    podman_engine.stop_container(box)
    podman_engine.start_container(box)
    assert run(podman_engine, box, "ps | grep '[s]leep 60'") == (1, "")


def test_threads_share_an_engine(podman_engine: PodmanEngine, busybox_image: str) -> None:
    def work(number: int) -> list[tuple[int, str]]:
        name = f"bh-test-{uuid.uuid4().hex}"
        podman_engine.create_container(ContainerSpec(name=name, image=busybox_image))
        podman_engine.start_container(name)
        results = [
            run(podman_engine, name, f"seq 20000 | sha256sum; echo {number}; exit {number}")
            for _ in range(4)
        ]
        podman_engine.remove_container(name)
        return results

    with ThreadPoolExecutor(4) as pool:
        for number, results in enumerate(pool.map(work, range(4))):
            assert len(set(results)) == 1
            status, output = results[0]
            assert status == number
            assert output.endswith(f"\n{number}\n")


def test_a_shell_has_a_terminal_and_its_status(podman_engine: PodmanEngine, box: str) -> None:
    program, *words = podman_engine.shell_command(box, ["sh", "-c", "tty && read x && exit $x"])
    with closing(pexpect.spawn(program, words, timeout=20, encoding="utf-8")) as shell:
        shell.expect("/dev/(pts/[0-9]+|console)")
        shell.sendline("7")
        shell.expect(pexpect.EOF)
    assert shell.exitstatus == 7


@pytest.fixture
def service() -> Iterator[OwnService]:
    with own_service(gather_facts(os.environ), os.environ) as service:
        yield service


@pytest.fixture
def mortal(service: OwnService) -> Iterator[PodmanEngine]:
    """An engine of its own, whose service a test may kill."""
    limits = limits_of(service.path)
    assert limits is not None
    with closing(Api(service)) as api:
        yield PodmanEngine(api, choose_ulimits(limits), gather_facts(os.environ).podman)


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("script", ["sleep 0.4", "exit 0", "while :; do echo more; done"])
def test_a_service_that_dies_under_a_command_is_no_success(
    service: OwnService, mortal: PodmanEngine, box: str, kind: signal.Signals, script: str
) -> None:
    killed = threading.Event()

    def kill(piece: bytes) -> None:
        if not killed.is_set():
            killed.set()
            os.kill(listener_of(service.path), kind)

    with pytest.raises(EngineLost):
        mortal.execute(box, ["sh", "-c", f"echo runs; sleep 0.1; {script}"], output=kill)
    assert killed.is_set()
    assert mortal.execute(box, ["sh", "-c", "exit 5"]) == 5
    mortal.stop_container(box)


def test_another_thread_may_start_the_service_again_and_the_command_is_still_lost(
    service: OwnService, mortal: PodmanEngine, box: str
) -> None:
    def kill_and_restart(piece: bytes) -> None:
        pid = listener_of(service.path)
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(mortal.execute, box, ["true"]).result() == 0

    script = "echo runs; sleep 0.1; exit 0"
    with pytest.raises(EngineLost):
        mortal.execute(box, ["sh", "-c", script], output=kill_and_restart)


def test_a_command_outlives_the_service_and_tells_by_a_file(
    service: OwnService,
    mortal: PodmanEngine,
    busybox_image: str,
    tmp_path: Path,
) -> None:
    """The way that steps use: the status is in a file that the command itself writes."""
    name = f"bh-test-{uuid.uuid4().hex}"
    bind = Bind(source=tmp_path, destination="/log")
    mortal.create_container(ContainerSpec(name=name, image=busybox_image, mounts=(bind,)))
    mortal.start_container(name)
    script = "echo runs; (sleep 0.3; exit 9); echo $? > /log/new; mv /log/new /log/status"
    with pytest.raises(EngineLost):
        mortal.execute(
            name,
            ["sh", "-c", script],
            output=lambda piece: os.kill(listener_of(service.path), signal.SIGKILL),
        )
    wait = "while ! [ -e /log/status ]; do sleep 0.05; done"
    assert mortal.execute(name, ["timeout", "20", "sh", "-c", wait]) == 0
    assert (tmp_path / "status").read_text() == "9\n"


def test_an_existing_service_is_used_and_left_alone(service: OwnService, box: str) -> None:
    for url, environment in (
        (service.url, dict(os.environ)),
        (None, {**os.environ, "CONTAINER_HOST": service.url}),
    ):
        with open_engine(url, environment) as engine:
            assert engine.url == service.url
            assert engine.execute(box, ["sh", "-c", "exit 6"]) == 6
    assert listener_of(service.path)
    with pytest.raises(EngineError, match="--url: no Podman service answers"):
        open_engine("unix:///no/such.sock", os.environ).__enter__()
