"""A shelf of snapshots, and images to put on it."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container.engine.protocol import ContainerSpec
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST, Part, Snapshot
from bh_container.history.take import release_images, take_snapshot
from bh_container.plan.step import Done
from tests.fakes import FakeEngine

PROJECT = "0123456789ab"
BOX = "aarch64-unknown-linux-musl.box"
DONE = {"world": Done(key="k", fingerprint={"after": "x"}, seconds=1.5, memory=7)}


def snapshot_of(name: str, *, parent: str | None = None) -> Snapshot:
    """A snapshot of made-up images."""
    parts = {
        HOST: Part(image="host", steps=DONE, seed="a seed"),
        BOX: Part(image="box", steps=DONE, seed="lab", run="run", result=f"{BOX}.1"),
    }
    return Snapshot(id=name, project=PROJECT, parent=parent, parts=parts, lock="lock: 1\n")


@dataclass(frozen=True, slots=True)
class Store:
    """An engine and a shelf beside it."""

    engine: FakeEngine
    shelf: Shelf

    def image(self, name: str, size: int) -> str:
        archive = self.engine.directory.parent / "archive.tar"
        with tarfile.open(archive, "w") as tar:
            entry = tarfile.TarInfo("file")
            entry.size = size
            tar.addfile(entry, io.BytesIO(bytes(size)))
        return self.engine.import_image(archive, f"localhost/{name}:1", labels={})

    def changed(self, image: str) -> str:
        """An image with a layer more, of one byte."""
        self.engine.create_container(ContainerSpec(name="working", image=image))
        (self.engine.mount("working") / "new").write_text("x")
        new = self.engine.commit("working", "localhost/changed:1", labels={})
        self.engine.remove_container("working")
        return new

    def take(self, wanted: Snapshot) -> Snapshot:
        return take_snapshot(self.engine, self.shelf, wanted)

    def release(self, snapshot: Snapshot) -> None:
        release_images(self.engine, snapshot)

    def references(self, image: str) -> tuple[str, ...]:
        found = self.engine.image(image)
        return found.references if found else ()


@pytest.fixture
def store(fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    return Store(fake_engine, Shelf(tmp_path / "history"))
