"""Publishing a run's binary packages into the store that all runs share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.engine.protocol import Overlay
from bh_container.run import binpkgs
from bh_container.run.binpkgs import BinpkgVolume
from tests.conftest import cannot

USER_OPAQUE = "user.overlay.opaque"
"""What anyone may set; the kernel's own name for it takes root."""


@pytest.fixture
def volume(tmp_path: Path) -> BinpkgVolume:
    volume = BinpkgVolume(
        store=tmp_path / "store", upper=tmp_path / "o/upper", work=tmp_path / "o/work"
    )
    volume.mount("/packages")
    return volume


def write(directory: Path, *names: str, text: str = "old") -> None:
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def content(directory: Path) -> dict[str, str]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_text() for path in files}


def whiteout(path: Path) -> None:
    """A removed file of the lower directory, as overlayfs marks it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.mknod(path, 0o020000, os.makedev(0, 0))
    except PermissionError:
        cannot("making a character device takes root")


@pytest.fixture
def make_opaque(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    monkeypatch.setattr(binpkgs, "OPAQUE", USER_OPAQUE)

    def make(directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            os.setxattr(directory, USER_OPAQUE, b"y")
        except OSError as error:
            cannot(f"no extended attributes on this filesystem: {error}")

    return make


def test_mounting_makes_the_directories(volume: BinpkgVolume) -> None:
    assert all(path.is_dir() for path in (volume.store, volume.upper, volume.work))
    assert volume.mount("/packages") == Overlay(
        lower=volume.store, upper=volume.upper, work=volume.work, destination="/packages"
    )


def test_files_move_into_the_store(volume: BinpkgVolume) -> None:
    write(volume.store, "a/kept", "a/replaced", "Packages")
    write(volume.upper, "a/replaced", "a/b/new", "Packages", text="new")
    volume.publish()
    assert content(volume.store) == {
        "a/kept": "old",
        "a/replaced": "new",
        "a/b/new": "new",
        "Packages": "new",
    }
    assert not volume.upper.exists()
    assert not volume.work.exists()


def test_a_link_moves_as_a_link(volume: BinpkgVolume) -> None:
    write(volume.upper, "a/file")
    (volume.upper / "a/link").symlink_to("file")
    (volume.upper / "a/directory").symlink_to(".")
    volume.publish()
    assert (volume.store / "a/link").readlink() == Path("file")
    assert (volume.store / "a/directory").is_symlink()


def test_nothing_to_publish(volume: BinpkgVolume) -> None:
    write(volume.store, "a/kept")
    volume.publish()
    volume.publish()
    assert content(volume.store) == {"a/kept": "old"}


def test_the_volume_can_be_used_again(volume: BinpkgVolume) -> None:
    write(volume.upper, "first")
    volume.publish()
    volume.mount("/packages")
    write(volume.upper, "second")
    volume.publish()
    assert content(volume.store) == {"first": "old", "second": "old"}


def test_what_a_run_removed_goes(volume: BinpkgVolume) -> None:
    write(volume.store, "a/gone", "a/kept", "b/c/gone")
    whiteout(volume.upper / "a/gone")
    whiteout(volume.upper / "b")
    whiteout(volume.upper / "never-there")
    volume.publish()
    assert content(volume.store) == {"a/kept": "old"}
    assert not (volume.store / "b").exists()
    assert not (volume.store / "never-there").exists()


def test_a_directory_made_anew_has_nothing_of_the_old_one(
    volume: BinpkgVolume, make_opaque: Callable[[Path], None]
) -> None:
    write(volume.store, "a/old", "a/b/old", "c/kept")
    make_opaque(volume.upper / "a")
    write(volume.upper, "a/new", "a/b/new", text="new")
    volume.publish()
    assert content(volume.store) == {"a/new": "new", "a/b/new": "new", "c/kept": "old"}


def test_a_directory_in_place_of_a_file(
    volume: BinpkgVolume, make_opaque: Callable[[Path], None]
) -> None:
    write(volume.store, "a")
    make_opaque(volume.upper / "a")
    write(volume.upper, "a/new", text="new")
    volume.publish()
    assert content(volume.store) == {"a/new": "new"}


def test_a_file_in_place_of_a_directory(volume: BinpkgVolume) -> None:
    write(volume.store, "a/old")
    write(volume.upper, "a", text="new")
    volume.publish()
    assert content(volume.store) == {"a": "new"}


class Crash(BaseException):
    """The machine stops."""


def crash_at(monkeypatch: pytest.MonkeyPatch, moves: int) -> list[Path]:
    """Stop before this many files have moved; the files that did."""
    moved: list[Path] = []
    replace = Path.replace

    def crashing(self: Path, target: Path) -> Path:
        if len(moved) == moves:
            raise Crash
        moved.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", crashing)
    return moved


def test_the_index_moves_last(volume: BinpkgVolume, monkeypatch: pytest.MonkeyPatch) -> None:
    write(volume.upper, "Packages", "a/1", "z/2", "Q")
    moved = crash_at(monkeypatch, 99)
    volume.publish()
    assert moved[-1] == volume.store / "Packages"
    assert len(moved) == 4


@pytest.mark.parametrize("moves", range(5))
def test_a_cut_publication_is_finished_by_the_next(
    volume: BinpkgVolume,
    monkeypatch: pytest.MonkeyPatch,
    make_opaque: Callable[[Path], None],
    moves: int,
) -> None:
    write(volume.store, "a/old", "Packages", "d/kept")
    make_opaque(volume.upper / "a")
    write(volume.upper, "Packages", "a/1", "a/2", "d/3", "e/4", text="new")
    with monkeypatch.context() as patch:
        crash_at(patch, moves)
        with pytest.raises(Crash):
            volume.publish()
    assert (volume.store / "Packages").read_text() == "old"
    volume.publish()
    assert content(volume.store) == {
        "Packages": "new",
        "a/1": "new",
        "a/2": "new",
        "d/3": "new",
        "d/kept": "old",
        "e/4": "new",
    }


def test_the_kernels_own_mark_is_read(volume: BinpkgVolume) -> None:
    write(volume.store, "a/old")
    (volume.upper / "a").mkdir()
    try:
        os.setxattr(volume.upper / "a", "trusted.overlay.opaque", b"y")
    except OSError:
        cannot("setting trusted.* attributes takes root")
    volume.publish()
    assert content(volume.store) == {}
