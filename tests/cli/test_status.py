"""`bh-container status`."""

import json
import os
import re
from pathlib import Path

import pytest

from bh_container.run.lock import exclusive
from tests.cli.conftest import SECOND, Run
from tests.run.stage import BOX, Crew, write_output


def cells(output: str) -> list[list[str]]:
    """The table, without its head; times and ages are left out."""
    plain = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(\d+ (s|min|h|d)\)", "TIME", output)
    return [re.split(r"  +", line) for line in plain.splitlines()[1:]]


def test_before_anything_was_built(project: Path, run: Run) -> None:
    result = run("status")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "UNIT    STATE        STEP  SINCE  NEXT                       MORE",
        "host    never built  -     -      -",
        "box     never built  -     -      bh-container build box",
        "second  never built  -     -      bh-container build second",
    ]
    assert not (project / "volumes").exists()


def test_as_far_as_everything_is(project: Path, crew: Crew, run: Run) -> None:
    assert run("build", "box").exit_code == 0
    crew.instead["kernel"] = write_output(b"CC main.o\n", status=2)
    assert run("build", "second").exit_code == 3
    (result,) = (project / "builds").glob(f"{BOX}.*")
    (log,) = (project / "volumes/log" / SECOND).glob("*/*-kernel.status")
    assert cells(run("status").stdout) == [
        ["host", "complete", "-", "TIME", "-"],
        ["box", "complete", "-", "TIME", "bh-container boot box", str(result)],
        [
            "second",
            "failed",
            "kernel",
            "TIME",
            "bh-container build second or shell, resume, retry, abort",
            f"status 2, {log.with_suffix('.log')}",
        ],
    ]


def test_a_unit_that_is_worked_on(project: Path, run: Run) -> None:
    with exclusive(BOX, project / "volumes/journal" / f"{BOX}.lock"):
        (box,) = cells(run("status", "box").stdout)
    next_words = "bh-container logs --follow box"
    assert box == ["box", "running", "-", "TIME", next_words, f"process {os.getpid()}"]


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ((), ["host", BOX, SECOND]),
        (("host",), ["host"]),
        (("second", "box"), [SECOND, BOX]),
        (("box", BOX, f"configs/{BOX}/"), [BOX]),
    ],
)
def test_json(project: Path, run: Run, words: tuple[str, ...], units: list[str]) -> None:
    result = run("status", "--json", *words)
    assert result.exit_code == 0
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["unit"] for one in found] == units
    assert {one["standing"] for one in found} == {"never built"}


def test_json_of_a_failure(project: Path, crew: Crew, run: Run) -> None:
    crew.fail_at("world")
    assert run("build", "box").exit_code == 3
    failed = json.loads(run("status", "--json", "host").stdout)
    assert Path(failed.pop("log")).parent.parent == project / "volumes/log/host"
    assert failed.pop("since") > 0
    assert failed.pop("seconds") >= 0
    assert failed == {
        "unit": "host",
        "word": "host",
        "standing": "failed",
        "step": "world",
        "pid": None,
        "status": 1,
        "result": None,
        "next": "bh-container build TARGET",
        "others": [],
    }


@pytest.mark.parametrize(
    ("seconds", "age"), [(0, "0 s"), (61, "1 min"), (7300, "2 h"), (1e6, "11 d")]
)
def test_ages(project: Path, run: Run, seconds: float, age: str) -> None:
    lock = project / "volumes/journal" / f"{BOX}.lock"
    with exclusive(BOX, lock):
        at = lock.stat().st_mtime - seconds
        os.utime(lock, (at, at))
        assert f"({age})" in run("status", "box").stdout


def test_an_unknown_target(project: Path, run: Run) -> None:
    result = run("status", "bxo")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'box'?" in result.stderr


def test_a_project_elsewhere(
    project: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("status").exit_code == 2
    assert run("status", "-C", "project").exit_code == 0
    monkeypatch.setenv("BH_CONTAINER_ROOT", str(project))
    assert run("status").exit_code == 0


def test_settings_that_cannot_be_read_do_not_matter(project: Path, run: Run) -> None:
    (project / "bh-container.yaml").write_text("jobs: many\n")
    assert run("status").exit_code == 0
