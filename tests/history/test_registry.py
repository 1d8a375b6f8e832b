"""A snapshot travels through a real registry server, which listens on this machine alone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import EngineError
from bh_container.engine.registry import is_local
from bh_container.history.look import mount_snapshot
from bh_container.history.snapshot import HOST
from bh_container.run.journal import Journal
from tests.history.conftest import BOX
from tests.history.real import ID, RealProject, open_project
from tests.history.trees import make_tree, seen
from tests.registry import own_registry
from tests.stores import own_store


@pytest.mark.parametrize(
    ("reference", "local"),
    [
        ("localhost:5000/a:1", True),
        ("127.0.0.1:5000/a:1", True),
        ("localhost/a:1", True),
        ("registry.example.org/a:1", False),
        ("localhost.example.org:5000/a:1", False),
        ("10.0.0.1:5000/a:1", False),
    ],
)
def test_which_registries_are_here(reference: str, local: bool) -> None:
    assert is_local(reference) is local


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Where a registry listens, with nothing in it."""
    with own_registry(tmp_path) as address:
        yield address


@pytest.mark.podman
def test_there_and_back(
    podman_engine: PodmanEngine, busybox_archive: Path, registry: str, tmp_path: Path
) -> None:
    """From one store to another, twice: what is there already is not brought again."""
    here = open_project(tmp_path / "here", podman_engine)
    make_tree(tmp_path / "tree/sysroot")
    reference = f"localhost/bh-container/test/{here.identity}/host:1"
    labels = {"bh-container.project": here.identity}
    host = podman_engine.import_image(busybox_archive, reference, labels=labels)
    taken = here.take(host, here.image("box", tmp_path / "tree"))
    package = make_package(here, "hello-1-1")
    try:
        for words in (["1 binary packages"], []):
            status, output = here.run("push", registry)
            assert status == 0, output
            assert re.findall("[0-9]+ binary packages", output) == words
            assert here.leftovers == []
        (tmp_path / "store").mkdir()
        with own_store(tmp_path / "store") as engine:
            there = open_project(tmp_path / "there", engine)
            for _ in range(2):
                status, output = there.run("pull", registry, "--url", engine.url)
                assert status == 0, output
            assert same_packages(there, [package])
            more = make_package(here, "hello-1-2")
            assert here.run("push", registry)[0] == 0
            assert there.run("pull", registry, "--url", engine.url)[0] == 0
            assert same_packages(there, [package, more])
            check(there, taken.images, tmp_path / "tree/sysroot")
            with pytest.raises(EngineError):
                engine.pull(f"{registry}/missing:1")
    finally:
        here.release()


def make_package(project: RealProject, name: str) -> Path:
    """A file in the target's store, with a time of its own."""
    file = project.root / f"volumes/binpkgs/{BOX}/app-misc/hello/{name}.gpkg.tar"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(name.encode() * 100_000)
    os.utime(file, (1e9, 1e9))
    return file


def same_packages(there: RealProject, files: list[Path]) -> bool:
    """Whether a project's target has these packages, and no other ones."""
    store = there.root / "volumes/binpkgs" / BOX
    found = {path.name: path for path in store.rglob("*.gpkg.tar")}
    return found.keys() == {file.name for file in files} and all(
        found[file.name].read_bytes() == file.read_bytes()
        and found[file.name].stat().st_mtime == file.stat().st_mtime
        for file in files
    )


def check(there: RealProject, images: dict[str, str], tree: Path) -> None:
    """What was pulled is what was pushed, and nothing else is there."""
    pulled = there.shelf.read(ID)
    assert pulled.images == images
    assert {image.id for image in there.engine.images()} == set(images.values())
    assert all(len(image.references) == 1 for image in there.engine.images())
    assert there.leftovers == []
    state = Journal(there.root / f"volumes/journal/{BOX}.jsonl").read()
    assert (state.open, state.image) == (None, images[BOX])
    places = mount_snapshot(there.engine, pulled)
    assert seen(places[BOX]) == seen(tree)
    assert (places[HOST] / "bin/busybox").is_file()
