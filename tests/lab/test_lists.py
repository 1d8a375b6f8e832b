"""What a list no longer asks for leaves its image; what goes over to a parent leaves the child."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.conftest import FirstBuild, Lab
from tests.lab.test_build import unpack

pytestmark = pytest.mark.lab

HELLO, CLI_TOOL = "usr/bin/hello", "usr/bin/cli-tool"


@contextmanager
def more_packages(lab: Lab, **lists: str) -> Iterator[None]:
    """Have a package more at the end of a list: `base="app-misc/hello"`."""
    files = {lab.target / "worlds" / name: f"{package}\n" for name, package in lists.items()}
    before = {file: file.read_text() for file in files}
    for file, package in files.items():
        file.write_text(before[file] + package)
    try:
        yield
    finally:
        for file, text in before.items():
            file.write_text(text)


def programs(lab: Lab, scratch: Path) -> dict[str, set[str]]:
    """Which of the two programs are in which image after a build."""
    outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    build = lab.result()
    roots = {
        name: unpack(build.directory / name, scratch / build.directory.name / name)
        for name in build.images
    }
    return {
        name: {program for program in (HELLO, CLI_TOOL) if (root / program).exists()}
        for name, root in roots.items()
    }


def test_a_package_leaves_the_images_that_do_not_ask_for_it(
    small: Lab, small_build: FirstBuild, tmp_path: Path
) -> None:
    """cli-tool needs hello, which the list `extra` has anyway."""
    with more_packages(small, extra="app-misc/cli-tool"):
        assert programs(small, tmp_path) == {"base": set(), "extra": {HELLO, CLI_TOOL}}
        with more_packages(small, base="app-misc/hello"):
            assert programs(small, tmp_path) == {"base": {HELLO}, "extra": {CLI_TOOL}}
    assert programs(small, tmp_path) == {"base": set(), "extra": {HELLO}}


def accounts(lab: Lab, scratch: Path) -> dict[str, list[str]]:
    """The accounts in each image that has any, after a build."""
    outcome = lab.build()
    assert outcome.status == 0, outcome.errors
    build = lab.result()
    found = {}
    for name in build.images:
        file = unpack(build.directory / name, scratch / build.directory.name / name) / "etc/passwd"
        if file.exists():
            found[name] = [line.partition(":")[0] for line in file.read_text().splitlines()]
    return found


def test_the_etc_of_a_list_is_what_it_changes_of_that_of_its_parents(
    small: Lab, small_build: FirstBuild, tmp_path: Path
) -> None:
    theirs = ["root", "portage", "nobody"]
    assert accounts(small, tmp_path) == {"base": theirs}
    with more_packages(small, extra="app-misc/account"):
        expected = {"base": theirs, "extra": [*theirs, "account"]}
        assert accounts(small, tmp_path) == expected
    assert accounts(small, tmp_path)["base"] == theirs
