"""A container for a trial: what is tried, and what is left."""

import os
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import ContainerSpec, EngineError, Overlay
from bh_container.run.doctor import trial
from bh_container.run.doctor.facts import Trial
from bh_container.run.doctor.trial import LABEL, try_containers
from bh_container.run.sysroot import empty_image
from tests.fakes import Execution, FakeEngine

NOBODY = 1 << 30
"""No process has this id: proc_sys_kernel(5), `pid_max`."""


def act(execution: Execution) -> int:
    """What a kernel makes of a file that is removed from an overlay."""
    if execution.command[0] == "rm":
        (overlay,) = (one for one in execution.spec.mounts if isinstance(one, Overlay))
        os.mkfifo(overlay.upper / "file")
    return 0


def test_all_is_well_and_nothing_is_left(
    fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_char_device", Path.is_fifo)
    fake_engine.answer = act
    assert try_containers(fake_engine, tmp_path) == Trial()
    assert fake_engine.containers() == ()
    assert list(tmp_path.glob(".bh*")) == []
    assert [one.command[0] for one in fake_engine.executions] == ["true", "rm"]


def test_a_container_that_does_not_start_is_told_once(
    fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise EngineError("cgroups in hybrid mode not supported")

    monkeypatch.setattr(FakeEngine, "start_container", refuse)
    found = try_containers(fake_engine, tmp_path)
    assert found.seen is None
    assert found.started is not None and "hybrid" in found.started.what
    assert found.started == found.overlaid
    assert fake_engine.containers() == ()


def test_what_a_container_says_is_told(fake_engine: FakeEngine, tmp_path: Path) -> None:
    def fail(execution: Execution) -> int:
        execution.write(b"rm: Operation not permitted\n")
        return 1

    fake_engine.answer = fail
    found = try_containers(fake_engine, tmp_path)
    assert found.started is not None
    assert "status 1: rm: Operation not permitted" in found.started.what


def test_a_root_that_is_not_seen(
    fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeEngine, "mount", lambda *_: tmp_path)
    found = try_containers(fake_engine, tmp_path)
    assert found.seen is not None and "nothing is seen" in found.seen.what


def test_an_overlay_that_keeps_nothing(fake_engine: FakeEngine, tmp_path: Path) -> None:
    found = try_containers(fake_engine, tmp_path)
    assert found.started is None
    assert found.overlaid is not None and "is not recorded" in found.overlaid.what


def test_containers_of_a_doctor_that_was_killed_go(fake_engine: FakeEngine, tmp_path: Path) -> None:
    image = empty_image(fake_engine)
    for process in (NOBODY, os.getpid()):
        labels = {LABEL: str(process)}
        spec = ContainerSpec(name=f"bh-doctor-{process}-9", image=image, labels=labels)
        fake_engine.create_container(spec)
    try_containers(fake_engine, tmp_path)
    assert [one.name for one in fake_engine.containers()] == [f"bh-doctor-{os.getpid()}-9"]


@pytest.mark.podman
@pytest.mark.usefixtures("busybox_image")
def test_this_machine_builds(podman_engine: PodmanEngine, tmp_path: Path) -> None:
    assert try_containers(podman_engine, tmp_path) == Trial()
    mine = [one for one in podman_engine.containers(f"{LABEL}={os.getpid()}")]
    assert mine == []
    assert trial.PROGRAMS
