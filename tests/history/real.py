"""Projects in a real Podman store, with snapshots that no build has made."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import Image
from bh_container.history.identity import PROJECT_LABEL, project_id
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST, Part, Snapshot
from bh_container.history.take import take_snapshot
from tests.config.tree import HOST as HOST_TREE
from tests.config.tree import TARGET, write_tree
from tests.history.conftest import BOX, DONE

ID = "20240229T000001Z"


@dataclass(frozen=True, slots=True)
class RealProject:
    """A project's directory, and the engine that its commands use."""

    root: Path
    engine: PodmanEngine

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.root / "history")

    @property
    def identity(self) -> str:
        return project_id(self.root / "volumes/project")

    @property
    def images(self) -> tuple[Image, ...]:
        """What the store has of this project."""
        return self.engine.images(f"{PROJECT_LABEL}={self.identity}")

    @property
    def leftovers(self) -> list[str]:
        """What nobody should find after a command has ended well."""
        hidden = [path.name for path in (self.root / "history").rglob(".*")]
        boxes = self.engine.containers(f"{PROJECT_LABEL}={self.identity}")
        return [*hidden, *(box.name for box in boxes)]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """`bh-container history` in a process of its own."""
        command = [sys.executable, "-m", "bh_container", "history", *words]
        return subprocess.Popen(
            [*command, "--directory", str(self.root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """The status and the output of `bh-container history`."""
        with self.start(*words) as process:
            output, _ = process.communicate()
        return process.returncode, output

    def take(self, host: str, box: str) -> Snapshot:
        """A snapshot of these images."""
        part = Part(image=box, steps=DONE, seed="lab", run="run", result=f"{BOX}.1")
        parts = {HOST: Part(image=host, steps=DONE, seed="a seed"), BOX: part}
        wanted = Snapshot(id=ID, project=self.identity, parent=None, parts=parts)
        return take_snapshot(self.engine, self.shelf, wanted)

    def image(self, name: str, tree: Path) -> str:
        """An image of a tree, in the name of the project."""
        archive = self.root / f"{name}.tar"
        words = ["tar", "--xattrs", "--xattrs-include=*", "--format=pax", "--numeric-owner", "-C"]
        subprocess.run([*words, tree, "-cf", archive, "."], check=True)
        reference = f"localhost/bh-container/test/{self.identity}/{name}:1"
        labels = {PROJECT_LABEL: self.identity}
        return self.engine.import_image(archive, reference, labels=labels)

    def release(self) -> None:
        """Remove all that the store has of this project."""
        for box in self.engine.containers(f"{PROJECT_LABEL}={self.identity}"):
            self.engine.remove_container(box.id)
        for image in self.images:
            for reference in image.references or (image.id,):
                self.engine.remove_image(reference)


def open_project(root: Path, engine: PodmanEngine) -> RealProject:
    write_tree(root / "configs" / BOX, TARGET)
    write_tree(root / "configs/host", HOST_TREE)
    return RealProject(root, engine)
