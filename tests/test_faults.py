"""The faults in `tests/README.md`: each has tests that would find it, and these are there."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (TESTS / "README.md").read_text().splitlines()
    if line.startswith("| ") and "::" in line
]


def test_all_faults_are_in_the_table() -> None:
    assert len(ROWS) == 12


@pytest.mark.parametrize(("fault", "found_by"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_the_tests_that_would_find_it_are_there(fault: str, found_by: str) -> None:
    named = re.findall(r"`([a-z]+/test_[a-z0-9_]+\.py)::(test_[a-z0-9_]+)`", found_by)
    assert len(named) == found_by.count("::") > 0
    for file, name in named:
        functions = ast.walk(ast.parse((TESTS / file).read_text()))
        assert name in {one.name for one in functions if isinstance(one, ast.FunctionDef)}, fault
