"""What several packages' tests share. Everything made in Podman carries the label `TEST_LABEL`."""

import os
import signal
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

from bh_container.engine.podman import PodmanEngine, open_engine
from bh_container.engine.protocol import ContainerSpec, EngineError
from bh_container.errors import BhError
from tests.fakes import FakeEngine
from tests.schedule import LabScheduling

TEST_LABEL = "bh-container-test"
BUSYBOX = Path("/bin/busybox")

# How long an example takes says nothing here: builds may run on the same machine.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure() -> None:
    """Have what tests start hear Ctrl-C, and that the terminal was closed.

    A shell's background jobs ignore the one and nohup's the other, their children too.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def cannot(reason: str) -> NoReturn:
    """Skip where a machine cannot run a test, and say why; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI every test runs, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LabScheduling:
    """Tests that share a lab build run in one process, which makes it once."""
    return LabScheduling(config, log)


@pytest.fixture
def fake_engine(tmp_path: Path) -> FakeEngine:
    """An engine without Podman; give it an `answer` for what is executed."""
    return FakeEngine(tmp_path / "engine")


@pytest.fixture(scope="session")
def session_label() -> str:
    """`key=value` that marks what this session makes, and no other session's things."""
    return f"{TEST_LABEL}={uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def podman_engine(session_label: str) -> Iterator[PodmanEngine]:
    """The real engine. What the session made in it is removed at the end."""
    context = open_engine(None, os.environ)
    try:
        engine = context.__enter__()
    except BhError as error:
        cannot(f"no Podman can be used here: {error}")
    try:
        yield engine
    finally:
        for container in engine.containers(session_label):
            engine.remove_container(container.id)
        for image in engine.images(session_label):
            for reference in image.references or (image.id,):
                engine.remove_image(reference)
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def busybox_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tar of a root filesystem that a static busybox of this machine makes up alone."""
    if not BUSYBOX.is_file():
        cannot(f"there is no {BUSYBOX}: apt-get install busybox-static")
    listed = subprocess.run([BUSYBOX, "--list"], check=True, capture_output=True, text=True)
    archive = tmp_path_factory.mktemp("busybox") / "root.tar"
    with tarfile.open(archive, "w") as tar:
        for name in (".", "bin", "dev", "etc", "proc", "run", "sys", "tmp", "usr"):
            tar.addfile(member(name, tarfile.DIRTYPE))
        tar.add(BUSYBOX.resolve(), "bin/busybox")
        for applet in listed.stdout.split():
            if applet != "busybox":
                link = member(f"bin/{applet}", tarfile.SYMTYPE)
                link.linkname = "busybox"
                tar.addfile(link)
    return archive


def write_root(archive: Path) -> None:
    """Write a tar of a root filesystem with nothing in it."""
    with tarfile.open(archive, "w") as tar:
        tar.addfile(member(".", tarfile.DIRTYPE))


def member(name: str, kind: bytes) -> tarfile.TarInfo:
    """One entry of a tar, owned by root, readable by all."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, 0o755
    return entry


@pytest.fixture(scope="session")
def busybox_image(podman_engine: PodmanEngine, busybox_archive: Path, session_label: str) -> str:
    """The reference of an image with a shell. Containers are known to start from it."""
    key, _, value = session_label.partition("=")
    reference = f"localhost/bh-container/test/busybox:{value}"
    podman_engine.import_image(busybox_archive, reference, labels={key: value})
    name = f"bh-test-{value}-first"
    try:
        podman_engine.create_container(ContainerSpec(name=name, image=reference))
        podman_engine.start_container(name)
    except EngineError as error:
        cannot(f"Podman cannot start a container here: {error}")
    podman_engine.remove_container(name)
    return reference


@pytest.fixture
def box(podman_engine: PodmanEngine, busybox_image: str) -> str:
    """The name of a running container; it is removed with everything else of this session."""
    name = f"bh-test-{uuid.uuid4().hex}"
    podman_engine.create_container(ContainerSpec(name=name, image=busybox_image))
    podman_engine.start_container(name)
    return name
