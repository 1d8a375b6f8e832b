"""One mistake at a time: each is found, and it alone, where it is, with a remedy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.config.lint.project import lint_host, lint_target
from tests.config.lint import broken
from tests.config.lint.broken import HOST, Broken
from tests.config.lint.table import TABLE

CONFIGS = Path(__file__).parents[3] / "configs"
NAMES = (broken.PI, broken.STACK, broken.ONE, broken.FULL, HOST)


@pytest.fixture(scope="module")
def configs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that each test breaks and mends again: copying is what would take the time."""
    copy = tmp_path_factory.mktemp("broken")
    for name in NAMES:
        shutil.copytree(CONFIGS / name, copy / name, symlinks=True)
    return copy


@pytest.fixture
def spoilt(configs: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy with one file changed."""
    one: Broken = request.param
    path, original = configs / one.where / one.file, CONFIGS / one.where / one.file
    one.edit(path)
    yield configs / one.where
    path.unlink(missing_ok=True)
    if original.is_symlink() or original.exists():
        shutil.copy2(original, path, follow_symlinks=False)
    for parent in path.parents:
        if parent == configs / one.where or (CONFIGS / parent.relative_to(configs)).exists():
            break
        parent.rmdir()


@pytest.mark.parametrize(
    ("spoilt", "one"),
    [
        pytest.param(one, one, id=f"{number}-{one.file.replace('/', '-')}")
        for number, one in enumerate(TABLE)
    ],
    indirect=["spoilt"],
)
def test_the_mistake_is_told_and_nothing_else(spoilt: Path, one: Broken) -> None:
    lint = lint_host if one.where == HOST else lint_target
    _, found = lint(spoilt)
    told = {
        str(problem).removeprefix(f"{spoilt}/"): finding.severity
        for finding in found
        if (problem := finding.problem)
    }
    assert len(told) == 1 + one.also, told
    text = next((text for text in told if text.startswith(f"{one.expected}: ")), None)
    assert text is not None, told
    assert told[text] == one.severity
    assert one.words in text
    assert all(finding.problem.remedy for finding in found)


def test_there_are_enough_of_them() -> None:
    assert len(TABLE) >= 80
    assert len({(one.where, one.file, one.words) for one in TABLE}) == len(TABLE)
