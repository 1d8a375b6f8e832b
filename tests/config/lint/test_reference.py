"""`docs/files.md` names every file that a configuration may have, and none that nothing reads."""

import re
from pathlib import Path

import pytest

from bh_container.config.lint import unread

PAGE = Path(__file__).parents[3] / "docs/files.md"


def rows(heading: str) -> str:
    """The first column of the tables below a heading, up to the next one of the same level."""
    text = PAGE.read_text().partition(f"\n## {heading}")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"^\| (.*?) \|", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "known"),
    [("A target", unread._TARGET), ("The host", unread._HOST - {"README", "README.md"})],
)
def test_every_file_has_its_row(heading: str, known: frozenset[str]) -> None:
    named = set(re.findall(r"`([^`]+)`", rows(heading)))
    assert {name for name in known if not {name, f"{name}/"} & {*named, *_tops(named)}} == set()


def test_no_row_is_about_a_file_that_nothing_reads() -> None:
    named = _tops(set(re.findall(r"`([\w./-]+)`", rows("A target") + rows("The host"))))
    portage = unread._PORTAGE | unread._PROFILE
    known = unread._TARGET | unread._HOST | portage | {"sys-kernel", "dev-lang", "sys-libs"}
    assert {name for name in named if name not in known and "-sources" not in name} <= {"-image"}


def _tops(names: set[str]) -> set[str]:
    return {name.partition("/")[0] for name in names}
