"""The sysroot volume: a container that never starts."""

from pathlib import Path

import pytest

from bh_container.engine.protocol import Bind
from bh_container.run.sysroot import EMPTY, SysrootVolume, empty_image
from tests.run.stage import BOX, Stage


@pytest.fixture
def volume(stage: Stage) -> SysrootVolume:
    volume = SysrootVolume(container="sysroot", target=stage.target())
    volume.create(stage.engine, empty_image(stage.engine), {"unit": BOX})
    return volume


def roots(stage: Stage, volume: SysrootVolume) -> dict[str, Path]:
    mounts = volume.mounts(stage.engine)
    return {mount.destination: mount.source for mount in mounts if isinstance(mount, Bind)}


def test_its_directories_are_where_the_steps_expect_them(
    stage: Stage, volume: SysrootVolume
) -> None:
    found = roots(stage, volume)
    assert set(found) == {f"/usr/{BOX}", "/bh/work"}
    assert all(path.is_dir() for path in found.values())


def test_it_is_never_started(stage: Stage, volume: SysrootVolume) -> None:
    volume.mounts(stage.engine)
    volume.save(stage.engine, "saved:1", {})
    assert stage.calls("start_container") == []


def test_creating_it_twice_keeps_what_it_holds(stage: Stage, volume: SysrootVolume) -> None:
    place = roots(stage, volume)["/bh/work"] / "file"
    place.write_text("kept")
    volume.create(stage.engine, empty_image(stage.engine), {})
    assert (roots(stage, volume)["/bh/work"] / "file").read_text() == "kept"


def test_what_was_saved_is_what_the_next_one_starts_from(
    stage: Stage, volume: SysrootVolume
) -> None:
    (roots(stage, volume)[f"/usr/{BOX}"] / "file").write_text("saved")
    image = volume.save(stage.engine, "saved:1", {"unit": BOX})
    after = SysrootVolume(container="next", target=stage.target())
    after.create(stage.engine, image, {})
    assert (roots(stage, after)[f"/usr/{BOX}"] / "file").read_text() == "saved"


def test_the_empty_image_is_made_once(stage: Stage) -> None:
    first = empty_image(stage.engine)
    assert empty_image(stage.engine) == first
    assert len(stage.calls("import_image")) == 1
    image = stage.engine.image(EMPTY)
    assert image is not None
    assert image.id == first
