from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.problems import Report
from bh_container.config.repositories import read_repos_conf, read_repositories
from tests.config.tree import write_tree

MINE = "[mine]\nlocation = /var/db/repos/portage-mine\n"


@pytest.mark.parametrize(
    ("tree", "found", "said"),
    [
        ({}, (), None),
        ({"repos/.gitkeep": "", "repos/README": ""}, (), None),
        (
            {"repos/portage-mine/x": "", "target-portage/repos.conf/mine": MINE},
            ("portage-mine",),
            None,
        ),
        ({"repos/portage-mine/x": "", "target-portage/repos.conf": MINE}, ("portage-mine",), None),
        (
            {"repos/mine/x": "", "target-portage/repos.conf/mine": MINE},
            ("mine",),
            "repos.conf: no section has 'location = /var/db/repos/mine', so repos/mine is not used",
        ),
        ({"repos/mine/x": ""}, ("mine",), "repos.conf: no section has"),
        (
            {"repos/mine/x": "", "target-portage/repos.conf/bad": "\nlocation = x\n"},
            ("mine",),
            "repos.conf/bad:2: is no repos.conf file: File contains no section headers.",
        ),
        (
            {"repos/portage-mine/x": "", "target-portage/repos.conf/mine": "[%s]\n" + MINE},
            ("portage-mine",),
            None,
        ),
    ],
)
def test_a_repository_is_used_where_repos_conf_has_its_location(
    tmp_path: Path, tree: Mapping[str, str | None], found: tuple[str, ...], said: str | None
) -> None:
    report, directory = Report(), write_tree(tmp_path, tree)
    assert read_repositories(directory, read_repos_conf(directory, report), report) == found
    problems = [str(problem) for problem in report.problems]
    assert bool(problems) is bool(said)
    if said:
        assert problems[0].startswith(f"{tmp_path}/target-portage/{said}")
