"""Snapshots on the shelf: found by name, there entirely or not at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.history.shelf import Shelf, SnapshotUnknown
from bh_container.history.snapshot import Snapshot
from tests.history.conftest import snapshot_of

IDS = ("20240101T000000Z", "20240101T000000Z-2", "20240101T000000Z-10", "20250101T000000Z")


class Crash(BaseException):
    """The machine stops."""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    shelf = Shelf(tmp_path / "history")
    for name in IDS:
        shelf.put(snapshot_of(name))
    return shelf


def never(snapshot: Snapshot) -> None:
    raise AssertionError(f"{snapshot.id} is released")


def test_the_oldest_is_first(shelf: Shelf) -> None:
    assert shelf.ids() == IDS
    assert shelf.newest() == snapshot_of(IDS[-1])
    assert shelf.all()[0] == snapshot_of(IDS[0])


def test_a_shelf_that_is_not_there_is_empty(tmp_path: Path) -> None:
    empty = Shelf(tmp_path / "none")
    assert (empty.ids(), empty.newest(), empty.sweep(never)) == ((), None, ())
    with pytest.raises(SnapshotUnknown, match="there is no snapshot 'newest'"):
        empty.find("newest")


@pytest.mark.parametrize(
    ("word", "found"),
    [(IDS[0], IDS[0]), ("2025", IDS[3]), (IDS[2], IDS[2]), ("newest", IDS[3]), ("good", IDS[1])],
)
def test_it_is_found_by(shelf: Shelf, word: str, found: str) -> None:
    shelf.tag(shelf.read(IDS[1]), "good")
    assert shelf.find(word).id == found


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("2024", f"more than one snapshot: {', '.join(IDS[:3])}"),
        ("20240101T000001Z", f"did you mean .*{IDS[0]}"),
        ("xyz", "history list names them"),
    ],
)
def test_what_is_not_found(shelf: Shelf, word: str, words: str) -> None:
    with pytest.raises(SnapshotUnknown, match=words):
        shelf.find(word)


def test_a_tag_is_on_one_snapshot(shelf: Shelf) -> None:
    shelf.tag(shelf.read(IDS[0]), "good")
    shelf.tag(shelf.read(IDS[0]), "best")
    assert shelf.read(IDS[0]).tags == ("best", "good")
    shelf.tag(shelf.read(IDS[1]), "good")
    assert [one.tags for one in shelf.all()] == [("best",), ("good",), (), ()]


def test_an_id_is_given_once(shelf: Shelf) -> None:
    first = shelf.new_id()
    assert first not in IDS
    shelf.put(replace(snapshot_of("x"), id=first))
    assert shelf.new_id() != first


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_a_snapshot_is_never_half_there(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(call, crash)
        with pytest.raises(Crash):
            shelf.put(snapshot_of("20260101T000000Z"))
    assert shelf.ids() == IDS
    shelf.sweep(never)
    assert sorted(path.name for path in shelf.directory.iterdir()) == sorted(IDS)


@pytest.mark.parametrize("cut", ["release", "shutil.rmtree"])
def test_a_removal_that_was_cut_is_finished(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    released: list[str] = []
    (shelf.directory / IDS[0] / "host.sqfs").touch()

    def crash(*_: object) -> None:
        raise Crash

    def release(snapshot: Snapshot) -> None:
        released.append(snapshot.id)

    with monkeypatch.context() as patch:
        how: Callable[[Snapshot], None] = crash if cut == "release" else release
        if cut != "release":
            patch.setattr(cut, crash)
        with pytest.raises(Crash):
            shelf.remove(IDS[0], how)
    assert shelf.ids() == IDS[1:]
    assert shelf.sweep(release) == (IDS[0],)
    assert released[-1] == IDS[0]
    assert sorted(path.name for path in shelf.directory.iterdir()) == sorted(IDS[1:])
    assert shelf.sweep(never) == ()
