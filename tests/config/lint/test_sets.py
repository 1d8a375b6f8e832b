"""Sets of targets that do not exist."""

from pathlib import Path

import pytest

from bh_container.config.lint.project import lint_project, lint_settings
from bh_container.config.lint.sets import sets
from bh_container.config.project import Project
from tests.config.tree import write_tree

TREE = {
    "configs/a-b-c-d.boards/x": "",
    "configs/a-b-c-d.one/x": "",
    "configs/e-f-g-h.one/x": "",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sets:\n  all: [boards, a-b-c-d.one]\n", []),
        ("sets:\n  all: [boards, baords]\n", [(2, 17, "baords", "did you mean 'boards'?")]),
        (
            "jobs: 2\nsets:\n  x:\n    - boards\n    - zzz\n",
            [(5, 7, "zzz", "targets are: boards, one, one")],
        ),
        ("sets: {x: boards  bords}\n", [(1, 19, "bords", "did you mean 'boards'?")]),
        (
            "sets:\n  x: 'bords boards bords'\n",
            [(2, 7, "bords", "did you mean 'boards'?"), (2, 20, "bords", "did you mean 'boards'?")],
        ),
        (
            "sets:\n  x: one\n",
            [(2, 6, "one", "write one of them: a-b-c-d.one, e-f-g-h.one")],
        ),
        ('sets:\n  y: "bo\\u0061rds b\\u006frds"\n', [(2, 6, "bords", "did you mean 'boards'?")]),
        ("sets:\n  z: [boards, '@all']\n", [(2, 16, "@all", "targets are: boards, one, one")]),
    ],
    ids=range(8),
)
def test_each_word_is_told_where_it_is(
    tmp_path: Path, text: str, told: list[tuple[int, int, str, str]]
) -> None:
    write_tree(tmp_path, {**TREE, "bh-container.yaml": text})
    assert lint_settings(tmp_path / "bh-container.yaml") == ()
    problems = [one.problem for one in sets(Project(tmp_path))]
    found = [(one.line, one.column, one.what.split("'")[3], one.remedy) for one in problems]
    assert found == told
    assert {one.file for one in problems} <= {tmp_path / "bh-container.yaml"}


@pytest.mark.parametrize(
    "text",
    [
        "sets:\n",
        "sets: boards\n",
        "sets: [x]\n",
        "sets: {x: {y: z}}\n",
        "sets: {x: }\n",
        "sets: [\n",
        "- sets",
    ],
)
def test_what_is_no_set_is_reported_by_its_reader(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {**TREE, "bh-container.yaml": text})
    assert list(sets(Project(tmp_path))) == []


def test_the_whole_project_has_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {**TREE, "bh-container.yaml": "sets: {x: bords}\n"})
    found = [str(one.problem) for one in lint_project(Project(tmp_path), [])]
    place = f"{tmp_path}/bh-container.yaml:1:11: "
    words = "the set 'x' has 'bords', which names no target; did you mean 'boards'?"
    assert place + words in found


def test_without_settings(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert list(sets(Project(tmp_path))) == []
