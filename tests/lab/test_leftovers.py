"""After builds that ended in every way there is, and a `gc`, there is nothing left of them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.history.identity import PROJECT_LABEL, project_id
from tests.lab.conftest import FirstBuild, Lab
from tests.lab.test_recovery import failing_package

pytestmark = pytest.mark.lab

LAYER = re.compile(r"/overlay/([0-9a-f]{64})/merged")


@contextmanager
def mark(lab: Lab, text: str) -> Iterator[None]:
    """A file in the initramfs: what is changed with the fewest steps to run."""
    file = lab.target / "initramfs/mark"
    file.write_text(text)
    try:
        yield
    finally:
        file.unlink()


def mounted_layers() -> set[str]:
    """The layers of Podman's store that are mounted somewhere here."""
    return set(LAYER.findall(Path("/proc/self/mountinfo").read_text()))


def system_mounts() -> list[str]:
    """Where this machine's own file systems are mounted: /dev/pts, /dev/shm, cgroups..."""
    places = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return sorted(place for place in places if place.startswith(("/dev", "/sys")))


def layers_of_containers() -> str:
    """What the store says of its containers; their layers are in it."""
    words = ["podman", "info", "--format", "{{.Store.GraphRoot}}"]
    root = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
    return Path(root, "overlay-containers/containers.json").read_text()


def processes_with(variable: str) -> list[str]:
    """The processes that have this in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def builds_of_every_kind(lab: Lab, engine: PodmanEngine) -> None:
    """Ten of them: complete, failed and aborted, stopped, killed, without its container, idle."""
    for text in ("a", "b"):
        with mark(lab, text):
            assert lab.build().status == 0
    with failing_package(lab):
        for _ in range(2):
            assert lab.build().status == 3
            assert lab.run("abort").status == 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with mark(lab, number.name):
            running = lab.start()
            running.wait_for_step("initramfs")
            assert running.end_by(number).status != 0
            assert lab.run("resume").status == 0
    with mark(lab, "c"):
        running = lab.start()
        running.wait_for_step("initramfs")
        engine.stop_container(f"bh-{lab.name}-{lab.runs()[-1]}")
        running.finish()
    for _ in range(2):
        assert lab.build().status == 0


def test_nothing_is_left(
    small: Lab, small_build: FirstBuild, podman_engine: PodmanEngine, tmp_path: Path
) -> None:
    assert small.build().status == 0
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    mounted, system = mounted_layers(), system_mounts()
    lab = replace(small, environment={"TMPDIR": str(temporary)})
    builds_of_every_kind(lab, podman_engine)
    collect(lab, lab.environment)

    project = project_id(lab.root / "volumes/project")
    label = f"{PROJECT_LABEL}={project}"
    containers, images = podman_engine.containers(label), podman_engine.images(label)
    assert [one.name for one in containers if lab.name in one.name] == []
    assert [image.id for image in images if not image.references] == []
    known = layers_of_containers()
    assert [layer for layer in mounted_layers() - mounted if layer not in known] == []
    assert system_mounts() == system
    assert processes_with(f"TMPDIR={temporary}") == []
    assert list(temporary.iterdir()) == []
    assert list((lab.root / "builds").glob(".partial.*")) == []
    assert not (lab.root / "volumes/overlays" / lab.full_name / "upper").exists()
    assert not [path for path in lab.root.rglob("*.new") if path.is_file()]


def collect(lab: Lab, environment: Mapping[str, str]) -> None:
    """Have `gc` remove what it may."""
    subprocess.run(
        [sys.executable, "-m", "bh_container", "gc", "--directory", str(lab.root)],
        check=True,
        env={**os.environ, **environment},
    )
