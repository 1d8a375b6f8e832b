"""Hearing of changes to files."""

import os
import select
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.run.changes import changes, wait


def heard(changed: int) -> bool:
    """Whether there is something to hear right now."""
    return bool(select.select([changed], [], [], 0)[0])


def append(directory: Path) -> None:
    with (directory / "log").open("a") as log:
        log.write("more\n")


def rename(directory: Path) -> None:
    (directory / "new").replace(directory / "status")


def create(directory: Path) -> None:
    (directory / "link").symlink_to("anything")


def close(directory: Path) -> None:
    os.close(os.open(directory / "log", os.O_WRONLY))


@pytest.mark.parametrize("act", [append, rename, create, close])
def test_a_change_is_heard_once(tmp_path: Path, act: Callable[[Path], None]) -> None:
    (tmp_path / "log").write_text("")
    (tmp_path / "new").write_text("")
    with changes(tmp_path) as changed:
        assert not heard(changed)
        act(tmp_path)
        wait(changed)
        assert not heard(changed)


def test_who_only_reads_makes_no_noise(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("words")
    with changes(tmp_path, tmp_path / "log") as changed:
        assert (tmp_path / "log").read_text() == "words"
        assert [path.name for path in tmp_path.iterdir()] == ["log"]
        assert not heard(changed)


def test_any_of_several_descriptors_ends_the_wait(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"x")
        with changes(tmp_path) as changed:
            wait(changed, reading)
    finally:
        os.close(reading)
        os.close(writing)


def test_what_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"), changes(tmp_path / "nothing"):
        pass


def test_nothing_stays_open(tmp_path: Path) -> None:
    with changes(tmp_path) as changed:
        assert Path(f"/proc/self/fd/{changed}").exists()
    assert not Path(f"/proc/self/fd/{changed}").exists()
