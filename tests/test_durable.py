"""Files that are whole, or not there."""

import errno
import os
from pathlib import Path

import pytest

from bh_container.durable import write_durably


def test_a_file_takes_the_place_of_another(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    for text in ("one", "two"):
        write_durably(file, text)
        assert (file.read_text(), list(tmp_path.iterdir())) == (text, [file])


def test_a_full_disk_leaves_the_file_of_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.json"
    write_durably(file, "one")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_durably(file, "two")
    assert (file.read_text(), list(tmp_path.iterdir())) == ("one", [file])
