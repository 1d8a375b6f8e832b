"""Exports of real images: nothing is lost, and a process that is killed leaves no mess."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import ContainerSpec
from bh_container.history.archives import Place, check_archive
from bh_container.history.look import mount_snapshot
from bh_container.history.snapshot import HOST
from bh_container.run.journal import Journal
from tests.conftest import cannot
from tests.history.conftest import BOX
from tests.history.real import ID, RealProject, open_project
from tests.history.trees import make_root_tree, seen
from tests.kills import Killer, at_random_moments

pytestmark = pytest.mark.podman


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.geteuid() != 0:
        cannot("device nodes and capabilities are made by root")
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def here(scratch: Path, podman_engine: PodmanEngine, busybox_image: str) -> Iterator[RealProject]:
    """A project with a snapshot: busybox for a host, every kind of file for a sysroot."""
    project = open_project(scratch / "here", podman_engine)
    make_root_tree(scratch / "tree/sysroot")
    box = project.image("box", scratch / "tree")
    host = podman_engine.image(busybox_image)
    assert host is not None
    project.take(host.id, box)
    yield project
    project.release()
    for unit in (HOST, BOX):
        podman_engine.remove_image(f"localhost/bh-container/history/{project.identity}/{unit}:{ID}")


@pytest.fixture
def there(tmp_path: Path, podman_engine: PodmanEngine) -> Iterator[RealProject]:
    """A project with nothing in it."""
    project = open_project(tmp_path / "there", podman_engine)
    yield project
    project.release()


@pytest.fixture(scope="module")
def export(here: RealProject) -> Path:
    """The exported snapshot, copied somewhere else."""
    status, output = here.run("export")
    assert status == 0, output
    return shutil.copytree(here.shelf.directory / ID, here.root / "copy", symlinks=True)


@pytest.mark.parametrize("kind", ["squashfs", "files"])
def test_nothing_is_lost(here: RealProject, there: RealProject, scratch: Path, kind: str) -> None:
    assert here.run("export", "--type", kind)[0] == 0
    assert here.leftovers == []
    status, output = there.run("import", str(here.shelf.directory / ID))
    assert status == 0, output
    imported = there.shelf.read(ID)
    places = mount_snapshot(there.engine, imported)
    assert seen(places[BOX]) == seen(scratch / "tree/sysroot")
    assert (places[HOST] / "bin/busybox").is_file()
    state = Journal(there.root / f"volumes/journal/{BOX}.jsonl").read()
    assert (state.open, state.image) == (None, imported.parts[BOX].image)


def test_a_restored_host_starts(there: RealProject, export: Path) -> None:
    assert there.run("import", str(export))[0] == 0
    image = there.shelf.read(ID).parts[HOST].image
    name = f"bh-test-{there.identity}"
    labels = {"bh-container.project": there.identity}
    there.engine.create_container(ContainerSpec(name=name, image=image, labels=labels))
    there.engine.start_container(name)
    assert there.engine.execute(name, ["true"]) == 0


def test_a_copied_project_takes_nothing_from_the_original(here: RealProject) -> None:
    root = here.root.with_name("copied")
    subprocess.run(["cp", "--archive", here.root, root], check=True)
    copy = RealProject(root, here.engine)
    before = here.engine.image(here.shelf.read(ID).images[BOX])
    status, output = copy.run("tag", "newest", "mine")
    assert status == 0, output
    assert f"a copy of project {here.identity}: it is {copy.identity} now" in output
    assert copy.shelf.read(ID).project == copy.identity != here.identity
    assert copy.run("remove", ID, "--force")[0] == 0
    assert here.engine.image(here.shelf.read(ID).images[BOX]) == before


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@at_random_moments
def test_an_export_that_was_killed(
    here: RealProject, export: Path, killer: Killer, seed: int
) -> None:
    for path in (here.shelf.directory / ID).glob("*.sqfs"):
        path.unlink()
    killed = killer.kill("export", here.start("export"), seed)
    status, output = killer.again("export", here.start("export"))
    assert status == 0, f"{killed}: {output}"
    assert here.leftovers == [], killed
    directory = here.shelf.directory / ID
    for name, archive in here.shelf.read(ID).archives.items():
        check_archive(Place(directory=directory, name=name), archive)


@at_random_moments
def test_an_import_that_was_killed(
    there: RealProject, export: Path, killer: Killer, seed: int
) -> None:
    killed = killer.kill("import", there.start("import", str(export)), seed)
    status, output = killer.again("import", there.start("import", str(export)))
    assert status == 0, f"{killed}: {output}"
    assert there.leftovers == [], killed
    snapshot = there.shelf.read(ID)
    assert {image.id for image in there.images} == set(snapshot.images.values()), killed
    assert all(len(image.references) == 1 for image in there.images), killed
    state = Journal(there.root / f"volumes/journal/{BOX}.jsonl").read()
    assert (state.open, state.image) == (None, snapshot.parts[BOX].image), killed


@at_random_moments
def test_a_removal_that_was_killed(
    there: RealProject, export: Path, killer: Killer, seed: int
) -> None:
    assert there.run("import", str(export))[0] == 0
    killed = killer.kill("remove", there.start("remove", ID, "--force"), seed)
    status, output = killer.again("remove", there.start("remove", ID, "--force"))
    # Where it had come to its end there is nothing left to remove.
    assert status == 0 or "there is no snapshot" in output, f"{killed}: {output}"
    assert there.leftovers == [], killed
    assert there.images == (), killed
    assert there.shelf.ids() == (), killed
