"""A disk without room is told as that, and costs nothing that was finished."""

import errno
import os
from pathlib import Path

import pytest

from bh_container.run.disk import DiskFull, room_needed
from bh_container.run.journal import Journal
from bh_container.run.step import FULL, StepFailed
from tests.run.stage import Stage, write_output


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_is_no_bug(number: int) -> None:
    with pytest.raises(DiskFull, match="/volumes/x") as error, room_needed():
        raise OSError(number, os.strerror(number), "/volumes/x")
    assert error.value.exit_status == 3
    assert "make room" in str(error.value)


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(PermissionError), room_needed():
        raise PermissionError(errno.EACCES, "no")


def test_a_step_that_found_no_room_says_so(stage: Stage) -> None:
    words = b"cp: error writing 'x': No space left on device\n"
    stage.crew.instead["kernel"] = write_output(words, status=1)
    with pytest.raises(StepFailed) as error:
        stage.build(stage.image("host"))
    assert FULL in str(error.value)


def test_a_failure_that_nobody_could_write_down_is_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(journal: Journal, event: str, **fields: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fail(_: object) -> int:
        monkeypatch.setattr(Journal, "_append", no_room)
        return 1

    stage.crew.instead["kernel"] = fail
    image = stage.image("host")
    with pytest.raises(DiskFull):
        stage.build(image)
    monkeypatch.undo()
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    stage.crew.revive()
    assert stage.build(image).is_dir()
    assert stage.crew.ran[0] == "kernel"


def test_half_a_record_is_none(stage: Stage, tmp_path: Path) -> None:
    journal = stage.shop.journal("box")
    journal.run_dropped()
    file = stage.project.journal_file("box")
    file.write_bytes(file.read_bytes() + b'{"v": 1, "event": "com')
    journal.run_dropped()
    assert len(file.read_bytes().splitlines()) == 2
