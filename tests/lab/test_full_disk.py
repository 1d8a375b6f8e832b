"""A disk that has no room: said as such, with nothing lost, and gone on with once there is room."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.history.identity import project_id, write_id
from bh_container.output.build import Build
from tests.lab.conftest import FirstBuild, Lab, Outcome
from tests.lab.test_recovery import indexed

pytestmark = pytest.mark.lab

FREE = 24 << 10
"""Bytes: enough to begin a step, and not enough for a binary package."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A tmpfs in which volumes/ lies, and a file that takes its room."""

    volumes: Path

    def leave(self, free: int) -> None:
        """Take all the room but so many bytes."""
        ballast = self.volumes / "ballast"
        ballast.unlink(missing_ok=True)
        room = os.statvfs(self.volumes)
        ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - free)))

    def make_room(self) -> None:
        """Give it back."""
        (self.volumes / "ballast").unlink()


@pytest.fixture
def disk(small: Lab, small_build: FirstBuild, tmp_path: Path) -> Iterator[Disk]:
    """volumes/ on a small filesystem of its own, put back at the end with what has changed."""
    assert small.build().status == 0
    volumes = small.root / "volumes"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "disk", tmp_path], check=True)
    try:
        copy(volumes, tmp_path)
        subprocess.run(["mount", "--bind", tmp_path, volumes], check=True)
        try:
            yield Disk(volumes)
        finally:
            subprocess.run(["umount", volumes], check=True)
        copy(tmp_path, volumes)
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)


def copy(source: Path, to: Path) -> None:
    """Have all that is in one directory in another, but for what no build of the target needs."""
    for path in source.iterdir():
        if path.name not in ("ballast", "ccache", "distfiles", "seeds"):
            subprocess.run(["rm", "-rf", to / path.name], check=True)
            subprocess.run(["cp", "--archive", path, to], check=True)
    # It is the same project, on another disk, and no copy beside it.
    write_id(to / "project", project_id(source / "project"))


def test_a_full_disk_costs_nothing(
    small: Lab, small_build: FirstBuild, disk: Disk, podman_engine: PodmanEngine
) -> None:
    before = small.result()
    use = small.target / "target-portage/package.use/loud"
    use.write_text("app-misc/hello loud\n")
    try:
        disk.leave(0)
        nothing = small.build()
        assert nothing.status == 3, nothing.errors
        assert_told(nothing)
        disk.leave(FREE)
        little = small.build()
        assert little.status == 3, little.errors
        assert_told(little)
        assert [event for event in small.journal() if event["event"] == "run"]
        disk.make_room()
        assert small.run("resume").status == 0
        assert any("loud" in words for words in indexed(small, "app-misc/hello"))
        assert small.result().directory != before.directory
    finally:
        use.unlink()
    assert small.build().status == 0
    assert content(small.result()) == content(before)


def assert_told(outcome: Outcome) -> None:
    """The user knows what happened, and what to do."""
    assert re.search("no space (is )?left", outcome.errors), outcome.errors
    assert "make room" in outcome.errors
    assert "Traceback" not in outcome.errors


def content(build: Build) -> object:
    """Packages, and every byte of every image."""
    manifest = json.loads((build.directory / "manifest.json").read_text())
    return [manifest["packages"], *((build.directory / n).read_bytes() for n in build.images)]
