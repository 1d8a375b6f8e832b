"""Snapshots of real builds: what an update takes, going back, and another machine."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import Snapshot
from tests.lab.conftest import CHECKOUT, SMALL, FirstBuild, Lab, remove
from tests.lab.targets import add_small
from tests.registry import own_registry
from tests.stores import own_store

pytestmark = pytest.mark.lab

KERNEL = "sys-kernel"
"""What of the small target's binary packages is not built again: it is the same files each time."""
LOUD = "app-misc/hello loud\n"
COMPILES = re.compile(r">>> Emerging \(\d+ of \d+\) (\S+?)::")
ENDING = ("done", "complete")
"""What the journal has of a run's end; going back to a snapshot has another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A project with two snapshots, the second one after an update of one package."""

    lab: Lab
    first: Snapshot
    second: Snapshot

    def result(self, snapshot: Snapshot) -> Path:
        """The build directory of a snapshot."""
        return self.lab.root / "builds" / str(snapshot.parts[SMALL].result)


def command(root: Path, *words: str) -> str:
    """`bh-container`, which must end well; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "bh_container", *words, "--directory", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_of(build: Path) -> dict[str, bytes]:
    """What a build directory holds beside its manifest."""
    manifest = json.loads((build / "manifest.json").read_text())
    return {name: (build / name).read_bytes() for name in manifest["files"]}


def digests(build: Path) -> dict[str, str]:
    """The SHA-256 of everything in a build directory beside its manifest."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files_of(build).items()}


def be_loud(lab: Lab, loud: bool) -> None:
    """Ask for one package with another USE flag, or no longer."""
    file = lab.target / "target-portage/package.use/loud"
    if loud:
        file.write_text(LOUD)
    else:
        file.unlink()


@pytest.fixture(scope="module")
def past(
    small: Lab,
    small_build: FirstBuild,
    podman_engine: PodmanEngine,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Past]:
    """The small target in a project of its own, where all but its kernel is compiled again."""
    root = tmp_path_factory.mktemp("past")
    (root / "containerfiles").symlink_to(CHECKOUT / "containerfiles")
    shutil.copytree(CHECKOUT / "configs", root / "configs", symlinks=True)
    add_small(root / "configs", *SMALL.split(".", 1))
    packages = Path("volumes/binpkgs", SMALL, KERNEL)
    shutil.copytree(small.root / packages, root / packages)
    lab = Lab(root, SMALL)
    assert lab.build().status == 0
    be_loud(lab, True)
    outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    first, second = Shelf(root / "history").all()
    yield Past(lab=lab, first=first, second=second)
    command(root, "history", "umount", "--yes")
    remove(lab, podman_engine)


def test_an_update_takes_what_it_changed(past: Past) -> None:
    assert past.second.parent == past.first.id
    assert 0 < past.second.own < past.first.own / 50
    assert files_of(past.result(past.second)) != files_of(past.result(past.first))


def test_its_commit_takes_a_moment(past: Past) -> None:
    """All that follows the last step: manifest, binary packages, commit."""
    pairs = pairwise(past.lab.journal())
    ends = [(one, two) for one, two in pairs if (one["event"], two["event"]) == ENDING]
    done, complete = ends[1]
    assert complete["image"] == past.second.parts[SMALL].image
    assert complete["at"] - done["at"] < 2


def test_another_project_compiles_the_same_bytes(past: Past, small_build: FirstBuild) -> None:
    """At another time, and in another directory."""
    ours, theirs = past.result(past.first), small_build.build.directory
    assert (ours / "base").stat().st_mtime != (theirs / "base").stat().st_mtime
    assert {"base", "extra", "initramfs"} <= digests(ours).keys()
    assert digests(ours) == digests(theirs)


def test_the_same_build_from_the_same_snapshot_comes_to_the_same_bytes(past: Past) -> None:
    outcome = past.lab.build("--from", past.first.id)
    assert outcome.status == 0, outcome.errors
    ran = outcome.steps_run("small")
    assert {"world", "final:extra", "squashfs:base", "squashfs:extra", "initramfs"} <= set(ran)
    again = past.lab.result().directory
    assert again != past.result(past.second)
    assert digests(again) == digests(past.result(past.second))


@pytest.mark.boot
def test_the_old_snapshot_still_builds_and_boots(past: Past) -> None:
    be_loud(past.lab, False)
    try:
        outcome = past.lab.build("--from", past.first.id)
    finally:
        be_loud(past.lab, True)
    assert outcome.status == 0, outcome.errors
    assert outcome.steps_run("host") == outcome.steps_run("small") == []
    assert "booted" in command(past.lab.root, "boot", str(past.result(past.first)))
    assert past.lab.build("--from", past.second.id).steps_run("small") == []


def test_one_can_look_into_a_snapshot(past: Past) -> None:
    said = command(past.lab.root, "history", "mount", past.first.id, "--json")
    mounted = json.loads(said)["mounted"]
    assert (Path(mounted[SMALL]) / "usr/bin/hello").is_file()
    command(past.lab.root, "history", "umount", past.first.id, "--yes")
    assert not Path(mounted[SMALL]).exists()


def test_another_machine_goes_on_where_this_one_ended(past: Past, tmp_path: Path) -> None:
    command(past.lab.root, "history", "export", past.second.id)
    root = tmp_path / "machine"
    for name in ("configs", "containerfiles", "builds"):
        shutil.copytree(past.lab.root / name, root / name, symlinks=True)
    machine = Lab(root, SMALL)
    (tmp_path / "store").mkdir()
    with own_store(tmp_path / "store") as engine:
        exported = past.lab.root / "history" / past.second.id
        command(root, "history", "import", str(exported), "--url", engine.url)
        outcome = machine.build("--url", engine.url)
        assert outcome.status == 0, outcome.errors
        assert outcome.steps_run("host") == outcome.steps_run("small") == []
        shutil.rmtree(root / "builds")
        outcome = machine.build("--url", engine.url)
        assert outcome.status == 0, outcome.errors
        assert "world" not in outcome.steps_run("small")
        # Nothing but these two images: no seed was made.
        assert len({image.id for image in engine.images() if image.size > 1 << 20}) == 3
    built = files_of(machine.result().directory)
    assert built == files_of(past.result(past.second))


def test_another_machine_compiles_only_what_differs(past: Past, tmp_path: Path) -> None:
    """It pulls the snapshot, and asks for one package with another USE flag."""
    root = tmp_path / "machine"
    for name in ("configs", "containerfiles"):
        shutil.copytree(past.lab.root / name, root / name, symlinks=True)
    machine = Lab(root, SMALL)
    (tmp_path / "store").mkdir()
    with own_registry(tmp_path) as registry, own_store(tmp_path / "store") as engine:
        command(past.lab.root, "history", "push", registry, past.second.id)
        command(root, "history", "pull", registry, "--url", engine.url)
        be_loud(machine, False)
        outcome = machine.build("--url", engine.url)
        assert outcome.status == 0, outcome.errors
    assert outcome.steps_run("host") == []
    assert not {"libc", "kernel-sources"} & set(outcome.steps_run("small"))
    said = [event for event in outcome.events if event["event"] == "StepOutput"]
    # The box of the initramfs is compiled whenever a run comes to it, and is no package.
    lines = [event["line"] for event in said if event["step"] != "box"]
    assert [match[1] for line in lines if (match := COMPILES.match(line))] == ["app-misc/hello-1.0"]
