"""The log of a whole run."""

from pathlib import Path

from bh_container.events import (
    Event,
    Note,
    StepBroke,
    StepFinished,
    StepOutput,
    StepStarted,
    UnitStarted,
)
from bh_container.ui.log import RunLog


def started(directory: Path, unit: str, step: str = "a") -> StepStarted:
    return StepStarted(
        unit=unit, step=step, number=1, total=2, why="never ran", log=directory / f"{step}.log"
    )


def write(*events: Event) -> None:
    log = RunLog()
    for event in events:
        log(event)


def test_everything_about_steps_is_in_it(tmp_path: Path) -> None:
    write(
        UnitStarted(unit="box", total=2, pending=2),
        started(tmp_path, "box"),
        StepOutput(unit="box", step="a", line="é \ufffd"),
        Note(unit="box", text="not this"),
        StepFinished(unit="box", step="a", seconds=1),
        StepBroke(unit="box", step="b", status=1, log=tmp_path / "b.log"),
    )
    assert (tmp_path / "all.log").read_text(encoding="utf-8").splitlines() == [
        "[1/2] a (never ran)",
        "  é \ufffd",
        "a: done in 1.0 s",
        f"b: failed with status 1; see {tmp_path}/b.log",
    ]


def test_units_have_logs_of_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    write(
        started(tmp_path / "one", "one"),
        started(tmp_path / "two", "two"),
        StepOutput(unit="one", step="a", line="of one"),
    )
    assert "of one" in (tmp_path / "one/all.log").read_text()
    assert "of one" not in (tmp_path / "two/all.log").read_text()


def test_a_later_call_appends(tmp_path: Path) -> None:
    write(started(tmp_path, "box"))
    write(started(tmp_path, "box"))
    assert len((tmp_path / "all.log").read_text().splitlines()) == 2


def test_output_of_what_is_no_unit_of_ours_is_left_out(tmp_path: Path) -> None:
    write(started(tmp_path, "box"), StepOutput(unit="lab", step="root", line="x"))
    assert (tmp_path / "all.log").read_text() == "[1/2] a (never ran)\n"


def test_a_full_disk_stops_nobody(tmp_path: Path) -> None:
    log, full = RunLog(), tmp_path / "all.log"
    full.symlink_to("/dev/full")
    log(started(tmp_path, "box"))
    log(StepOutput(unit="box", step="a", line="lost"))
    full.unlink()
    log(StepOutput(unit="box", step="a", line="there is room again"))
    assert full.read_text() == "  there is room again\n"
