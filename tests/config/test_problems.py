from pathlib import Path

import pytest

from bh_container.config.problems import ConfigInvalid, Problem, Report

FILE = Path("configs/t/worlds/base")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(FILE, 3, "is odd", "mend it"), "configs/t/worlds/base:3: is odd; mend it"),
        (Problem(FILE, None, "is missing"), "configs/t/worlds/base: is missing"),
        (Problem(Path("a\udcff"), 1, "x\ny"), "a\\udcff:1: x\\ny"),
        (Problem(Path("a\x1b[31m"), None, "x"), "a\\x1b[31m: x"),
    ],
)
def test_a_problem_is_one_line_that_can_be_printed(problem: Problem, text: str) -> None:
    assert str(problem) == text
    assert str(problem).encode()


def test_all_problems_are_raised_together() -> None:
    report = Report()
    report.raise_if_any()
    report.add(FILE, 1, "first")
    report.add(FILE, 2, "second", "mend it")
    with pytest.raises(ConfigInvalid) as caught:
        report.raise_if_any()
    assert [problem.line for problem in caught.value.problems] == [1, 2]
    assert str(caught.value).splitlines() == [f"{FILE}:1: first", f"{FILE}:2: second; mend it"]
    assert caught.value.exit_status == 2
