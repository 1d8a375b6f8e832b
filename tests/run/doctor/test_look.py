"""Reading a machine."""

import os
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bh_container.config.settings import resolve
from bh_container.engine.about import PodmanFacts, client_version, facts_in, version_of
from bh_container.run.doctor.disk import read_rooms
from bh_container.run.doctor.examine import examine
from bh_container.run.doctor.look import (
    Meeting,
    Question,
    distribution_in,
    ids_in,
    look,
    modules_in,
)
from bh_container.run.doctor.network import ask_mirrors
from tests.run.doctor.machine import PODMAN
from tests.run.stage import Stage

INFO = {
    "host": {
        "idMappings": {"uidmap": [{"size": 1}, {"size": 65536}]},
        "ociRuntime": {"name": "crun"},
        "security": {"rootless": True},
    },
    "store": {
        "configFile": "/home/ann/.config/containers/storage.conf",
        "graphDriverName": "overlay",
        "graphOptions": {"overlay.mount_program": {"Executable": "/usr/bin/fuse-overlayfs"}},
        "graphRoot": "/home/ann/.local/share/containers/storage",
        "graphStatus": {"Backing Filesystem": "btrfs", "Native Overlay Diff": "false"},
        "imageCopyTmpDir": "/var/spool",
    },
    "version": {"Version": "5.4.2"},
}


def test_what_podman_says_of_itself() -> None:
    assert facts_in(INFO, "5.4.1") == PodmanFacts(
        client="5.4.1",
        version="5.4.2",
        runtime="crun",
        driver="overlay",
        backing="btrfs",
        native=False,
        mounter="/usr/bin/fuse-overlayfs",
        root=Path("/home/ann/.local/share/containers/storage"),
        spool=Path("/var/spool"),
        configuration=Path("/home/ann/.config/containers/storage.conf"),
        rootless=True,
        mapped=65_537,
    )


@pytest.mark.parametrize(
    ("text", "version"),
    [("5.4.2", (5, 4, 2)), ("4.3.1-dev", (4, 3, 1)), ("5.0.0-rc1", (5, 0, 0)), ("", ())],
)
def test_a_version_begins_with_numbers(text: str, version: tuple[int, ...]) -> None:
    assert version_of(text) == version


@pytest.mark.parametrize(
    ("said", "version"), [("podman version 5.4.2", "5.4.2"), ("what?", None), (None, None)]
)
def test_the_programs_version(tmp_path: Path, said: str | None, version: str | None) -> None:
    program = tmp_path / "podman"
    if said is not None:
        program.write_text(f"#!/bin/sh\necho '{said}'\n")
        program.chmod(0o755)
    assert client_version(program) == version


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('NAME="x"\nID=ubuntu\nID_LIKE="debian other"\n', {"ubuntu", "debian", "other"}),
        ("ID='gentoo'\nVERSION_ID=2.17\n", {"gentoo"}),
        ("", set()),
    ],
)
def test_a_distribution_by_what_it_is_like(text: str, words: set[str]) -> None:
    assert distribution_in(text) == words


def test_ids_of_a_name_and_of_a_number() -> None:
    text = "ann:100000:65536\nbob:1:2\n7:400000:1000\n# ann:1\nann:x:y\n"
    assert ids_in(text, "ann", 7) == 66_536
    assert ids_in(text, "eve", 8) == 0


def test_modules_by_the_names_that_the_kernel_has_for_them() -> None:
    text = "kernel/fs/overlayfs/overlay.ko.xz: kernel/a.ko\nkernel/drivers/block/nbd-x.ko:\n"
    assert modules_in(text) == {"overlay", "nbd_x"}
    assert modules_in("kernel/fs/squashfs/squashfs.ko\n") == {"squashfs"}


def test_a_disk_is_asked_once_and_only_where_it_is(tmp_path: Path) -> None:
    places = [("one", tmp_path), ("again", tmp_path), ("elsewhere", tmp_path / "none")]
    (room,) = read_rooms(places, 7)
    assert (room.what, room.place, room.needed) == ("one", tmp_path, 7)
    assert room.free > 0


def test_this_machine_can_be_looked_at(stage: Stage) -> None:
    podman = replace(PODMAN, root=stage.project.root)
    question = Question(settings=stage.settings, project=stage.project)
    facts = look(question, Meeting(podman=podman), os.environ)
    assert facts.cpus == {"aarch64"}
    assert facts.memory.total >= facts.memory.available > 1 << 20
    assert facts.kernel.release and facts.kernel.filesystems
    assert facts.natives and not facts.mirrors
    assert stage.project.root in {room.place for room in facts.rooms}
    assert list(examine(facts))


def test_there_need_be_no_project_and_no_podman() -> None:
    facts = look(Question(settings=resolve({}, {}, None), project=None), Meeting(), os.environ)
    assert (facts.cpus, facts.rooms, facts.built) == (frozenset(), (), False)
    assert list(examine(facts))


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
        found = ask_mirrors((good, gone, good, "rsync://example.org/gentoo"))
        server.shutdown()
    assert found == {good: None, gone: "ConnectionError"}


def test_root_of_a_namespace_is_who_made_it(stage: Stage) -> None:
    question = Question(settings=stage.settings, project=None)
    facts = look(question, Meeting(), {"_CONTAINERS_ROOTLESS_UID": "4321"})
    assert facts.account.number == 4321
