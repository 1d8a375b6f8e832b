"""What is told before a first build."""

import shutil
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bh_container.config.settings import resolve
from bh_container.events import Note
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import Part, Snapshot
from bh_container.run.journal import Run
from bh_container.run.preflight import (
    available_memory,
    disk_warnings,
    memory_warnings,
    mirror_warnings,
    warn,
)
from tests.run.stage import Stage

GIB = 1 << 30


def remember(stage: Stage, *sizes: int) -> None:
    """A snapshot of targets of these sizes, and a host that is far larger."""
    parts = {f"a-b-c-d.t{n}": Part(image="i", steps={}, size=size) for n, size in enumerate(sizes)}
    shelf = Shelf(stage.project.history)
    host = Part(image="h", steps={}, size=1 << 60)
    shelf.put(Snapshot(id=shelf.new_id(), project="p", parent=None, parts={"host": host, **parts}))


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every disk has 10 GiB left."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 10 * GIB))


@pytest.mark.usefixtures("free")
def test_too_little_room_for_targets_like_those_before(stage: Stage) -> None:
    assert list(disk_warnings(stage.shop, 5)) == []
    stage.image("seed")
    remember(stage, 4 * GIB, 1 * GIB)
    assert list(disk_warnings(stage.shop, 2)) == []
    store, project = disk_warnings(stage.shop, 3)
    assert store.startswith(f"{stage.engine.store()}: 10.0 GiB are free, and targets that were")
    assert project.startswith(f"{stage.project.root}: ")
    assert "take 12.0 GiB: make room (bh-container du, bh-container gc)" in project


@pytest.mark.parametrize(
    ("environment", "available", "told"),
    [
        ({}, 0, ""),
        ({"TMP_TYPE": "tmpfs", "TMP_SIZE": "3G"}, 3 * GIB, ""),
        (
            {"TMP_TYPE": "tmpfs", "TMP_SIZE": "3072M"},
            2 * GIB,
            "tmp_size (TMP_SIZE) is 3.0 GiB, and 2.0 GiB of memory and swap are free: make it "
            "smaller, or build on the disk",
        ),
        ({"TMP_TYPE": "tmpfs", "TMP_SIZE": "100%"}, 1 << 60, ""),
    ],
)
def test_more_memory_than_there_is(environment: dict[str, str], available: int, told: str) -> None:
    found = memory_warnings(resolve({}, environment, None), available)
    assert list(found) == [told] * bool(told)


def test_this_machine_has_memory() -> None:
    assert available_memory() > 1 << 20


class Refusing(BaseHTTPRequestHandler):
    """Answers, and has nothing."""

    def do_HEAD(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


def test_a_mirror_that_is_gone_and_one_that_answers() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        good, gone = f"http://127.0.0.1:{server.server_address[1]}/", "http://127.0.0.1:1/gentoo"
        (text,) = mirror_warnings((good, gone, "rsync://example.org/gentoo"))
        server.shutdown()
    assert text.startswith(f"{gone} does not answer (ConnectionError): correct gentoo_mirrors")


def test_only_a_first_build_is_warned_of(stage: Stage) -> None:
    target = stage.target()
    stage.settings = replace(stage.settings, gentoo_mirrors=("http://127.0.0.1:1",))
    warn(stage.shop, [target])
    assert [type(event) for event in stage.events] == [Note]
    journal = stage.shop.journal(target.full_name)
    journal.run_opened(Run(id="1", base="b"))
    journal.run_completed("result", "image")
    stage.events.clear()
    warn(stage.shop, [target])
    assert stage.events == []


def test_places_that_are_elsewhere_are_not_asked(stage: Stage, tmp_path: Path) -> None:
    remember(stage, 1 << 62)
    stage.engine.directory = tmp_path / "another machine's"
    (only,) = disk_warnings(stage.shop, 1)
    assert only.startswith(f"{stage.project.root}: ")
