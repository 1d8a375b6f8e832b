"""`gc` on a real store of its own: what runs of every kind leave, what is somebody else's, and
what a `kill -9` at any moment does.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container.config.project import Project
from bh_container.config.settings import resolve
from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import ContainerSpec
from bh_container.errors import BhError
from bh_container.history.identity import PROJECT_LABEL, run_reference, snapshot_reference
from bh_container.history.shelf import Shelf
from bh_container.run.budget import Budget
from bh_container.run.journal import Journal, Run
from bh_container.run.rooms import container_of, sysroot_of
from bh_container.run.snapshot import save_snapshot
from bh_container.run.workshop import UNIT_LABEL, Workshop
from tests.config.tree import HOST, TARGET, TUPLE, write_tree
from tests.conftest import cannot
from tests.kills import Killer, at_random_moments
from tests.stores import clear, own_store

pytestmark = pytest.mark.podman

BOX = f"{TUPLE}.box"
MINE = "localhost/my-image:1"
SEED = "localhost/bh-container/host:seed"
NEIGHBOUR = container_of("box", "20230101T000005Z-bbbb")


@dataclass(frozen=True, slots=True)
class Yard:
    """A project whose journal, builds and store look as after many runs."""

    engine: PodmanEngine
    project: Project
    host: str

    @property
    def shop(self) -> Workshop:
        return Workshop(
            engine=self.engine,
            project=self.project,
            settings=resolve({}, {}, None),
            tell=lambda event: None,
            budget=Budget(total=1, parties=1),
        )

    @property
    def journal(self) -> Journal:
        return Journal(self.project.journal_file(BOX))

    def open_run(self, run: str, base: str) -> None:
        """As far as a run comes that fails in its first step."""
        self.journal.run_opened(Run(id=run, base=base))
        for name in (container_of("box", run), sysroot_of("box", run)):
            image = base if name.endswith("sysroot") else SEED
            spec = ContainerSpec(name=name, image=image, labels=self.shop.labels(BOX))
            self.engine.create_container(spec)
        self.project.logs(BOX).joinpath(run).mkdir(parents=True)
        (self.project.builds / f".partial.{BOX}").mkdir(parents=True, exist_ok=True)

    def complete(self, run: str, size: int) -> str:
        """Let the open run end well; return the image that it saved."""
        container = sysroot_of("box", run)
        (self.engine.mount(container) / f"new-{run}").write_bytes(bytes(size))
        reference = run_reference(self.shop.identity, BOX, run)
        image = self.engine.commit(container, reference, labels=self.shop.labels(BOX))
        result = self.project.builds / f"{BOX}.{run.partition('-')[0]}"
        (self.project.builds / f".partial.{BOX}").replace(result)
        (result / "base").write_bytes(bytes(size))
        (result / "manifest.json").write_text('{"complete": true, "host_image": "none"}')
        self.journal.run_completed(result.name, image)
        for name in (container_of("box", run), container):
            self.engine.remove_container(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Shelf, "new_id", lambda shelf: f"s{len(shelf.ids()) + 1}")
            save_snapshot(self.shop, self.host)
        return image

    def gc(self, *words: str) -> "subprocess.Popen[str]":
        """`bh-container gc` in a process of its own."""
        url = ("--url", self.engine.url, "--directory", str(self.project.root))
        return subprocess.Popen(
            [sys.executable, "-m", "bh_container", "gc", *url, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def names(self) -> set[str]:
        """What there is in the store, and in builds/."""
        images = {name for image in self.engine.images() for name in image.references or ("none",)}
        containers = {container.name for container in self.engine.containers()}
        return images | containers | {path.name for path in self.project.builds.iterdir()}


@pytest.fixture(scope="module")
def engine(
    tmp_path_factory: pytest.TempPathFactory, busybox_archive: Path
) -> Iterator[PodmanEngine]:
    try:
        with own_store(tmp_path_factory.mktemp("store")) as engine:
            yield engine
    except BhError as error:
        cannot(f"Podman cannot have a store of its own here: {error}")


@pytest.fixture
def yard(engine: PodmanEngine, busybox_archive: Path, tmp_path: Path) -> Yard:
    """Three complete runs, one that was given up, one that can be resumed, and somebody else's."""
    clear(engine)
    base = engine.import_image(busybox_archive, SEED, labels={})
    yard = Yard(engine, Project(tmp_path), host=base)
    write_tree(tmp_path / "configs" / BOX, TARGET)
    write_tree(tmp_path / "configs/host", HOST)
    for number in (1, 2, 3):
        run = f"20240101T00000{number}Z-aaaa"
        yard.open_run(run, base)
        base = yard.complete(run, 300_000)
    yard.open_run("20240101T000004Z-aaaa", base)
    yard.journal.run_dropped()
    yard.open_run("20240101T000005Z-aaaa", base)
    theirs = {PROJECT_LABEL: "another", UNIT_LABEL: BOX}
    engine.create_container(ContainerSpec(name=NEIGHBOUR, image=base, labels=theirs))
    engine.create_container(ContainerSpec(name="my-box", image=base))
    engine.commit("my-box", MINE, labels={})
    return yard


def left(yard: Yard, *numbers: int) -> set[str]:
    """The names of what stays when these complete runs stay."""
    results = {f"{BOX}.20240101T00000{number}Z" for number in numbers}
    images = {
        snapshot_reference(yard.shop.identity, unit, f"s{number}")
        for number in numbers
        for unit in ("host", BOX)
    }
    running = container_of("box", "20240101T000005Z-aaaa")
    others = {SEED, MINE, NEIGHBOUR, "my-box"}
    return {*results, *images, running, f"{running}-sysroot", f".partial.{BOX}", *others}


def ended(process: "subprocess.Popen[str]") -> str:
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return output


def test_only_what_nothing_needs_goes(yard: Yard) -> None:
    before = yard.names()
    ended(yard.gc("--dry-run", "--keep-last=1"))
    assert yard.names() == before
    output = ended(yard.gc())
    assert yard.names() == left(yard, 1, 2, 3), output
    assert "3 removed" in output
    output = ended(yard.gc("--keep-last=2"))
    assert yard.names() == left(yard, 2, 3), output
    assert ended(yard.gc("--keep-last=2")) == "0 removed, with 0.0 MiB\n"


def test_what_a_dry_run_promises_in_bytes(yard: Yard) -> None:
    root = yard.engine.mount(root_name(4))
    (root / "compiled").write_bytes(bytes(500_000))
    output = ended(yard.gc("--dry-run", "--json", "--keep-last=1"))
    found = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    sizes = {(one["kind"], one["name"]): one["size"] for one in found}
    assert sizes["container", root_name(4)] == 500_000
    # Its layer is below the newest one: only its name goes.
    assert sizes["image", snapshot_reference(yard.shop.identity, BOX, "s1")] == 0
    assert sizes["build", f"{BOX}.20240101T000001Z"] >= 300_000


def root_name(number: int) -> str:
    return sysroot_of("box", f"20240101T00000{number}Z-aaaa")


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@at_random_moments
def test_killed_and_called_again(yard: Yard, killer: Killer, seed: int) -> None:
    killed = killer.kill("gc", yard.gc("--keep-last=1"), seed)
    assert left(yard, 3) <= yard.names(), killed
    status, output = killer.again("gc", yard.gc("--keep-last=1"))
    assert status == 0, f"{killed}: {output}"
    assert yard.names() == left(yard, 3), f"{killed}: {output}"
    runs = sorted(path.name for path in yard.project.logs(BOX).iterdir())
    assert runs == ["20240101T000003Z-aaaa", "20240101T000005Z-aaaa"], killed
    assert ended(yard.gc("--keep-last=1")) == "0 removed, with 0.0 MiB\n", killed
