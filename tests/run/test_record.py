"""The record of a step."""

from pathlib import Path

import pytest

from bh_container.run.record import PAGE, Record


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record.of_step(tmp_path / "logs", 7, "final:base")


def test_the_names_of_its_files(tmp_path: Path, record: Record) -> None:
    assert record.name == "07-final-base"
    assert record.log == tmp_path / "logs" / "07-final-base.log"
    assert record.inside == "/bh/log/07-final-base"
    assert Record.of_step(tmp_path, 123, "a").name == "123-a"


@pytest.mark.parametrize(("text", "status"), [("0\n", 0), ("1\n", 1), ("137\n", 137), ("143", 143)])
def test_its_status_is_what_the_file_says(record: Record, text: str, status: int) -> None:
    assert record.status() is None
    record.clear()
    assert record.status() is None
    (record.directory / "07-final-base.status").write_text(text)
    assert record.status() == status
    record.clear()
    assert record.status() is None


@pytest.mark.parametrize(("text", "pages"), [("51200\n", 51_200), ("0\n", 0), ("", None)])
def test_its_memory_is_what_the_file_says(record: Record, text: str, pages: int | None) -> None:
    assert record.memory() is None
    record.clear()
    (record.directory / "07-final-base.memory").write_text(text)
    assert record.memory() == (None if pages is None else pages * PAGE)
    record.clear()
    assert record.memory() is None, "an older one is not of the step that runs now"


def test_clearing_keeps_the_log(record: Record) -> None:
    record.clear()
    record.log.write_text("old")
    record.clear()
    assert record.log.read_text() == "old"
