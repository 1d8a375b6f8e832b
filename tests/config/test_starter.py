"""The settings file of a new project."""

import json
import re
from pathlib import Path

import pytest

from bh_container.config.lint.project import lint_settings
from bh_container.config.project import Project
from bh_container.config.reading import FORMAT
from bh_container.config.schema import schema
from bh_container.config.settings import Source, resolve, table
from bh_container.config.starter import SCHEMA_FILE, starter_files

FILES = starter_files(["one", "two"])
TEXT = FILES[Project(Path()).settings_file.name]
SHOWN = re.findall(r"^#(\w+):", TEXT, flags=re.MULTILINE)


def test_as_it_is_it_sets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "bh-container.yaml"
    file.write_text(TEXT)
    assert lint_settings(file) == ()
    origins = resolve({}, {}, file).origins.values()
    assert {origin.source for origin in origins} == {Source.DEFAULT}
    assert f"\nformat: {FORMAT}\n" in TEXT


@pytest.mark.parametrize("name", SHOWN)
def test_each_line_can_be_taken_in(tmp_path: Path, name: str) -> None:
    file = tmp_path / "bh-container.yaml"
    file.write_text(TEXT.replace(f"\n#{name}: ", f"\n{name}: "))
    found = resolve({}, {}, file)
    assert found.origins[name].source is Source.FILE
    assert getattr(found, name) != getattr(resolve({}, {}, None), name)
    assert sum(origin.source is Source.FILE for origin in found.origins.values()) == 1


def test_what_is_said_of_a_setting_comes_from_the_table() -> None:
    rows = {row.name: row for row in table()}
    assert len(SHOWN) >= 5
    for name in SHOWN:
        assert f"\n# {rows[name].help}\n" in TEXT


def test_an_editor_finds_the_schema() -> None:
    assert TEXT.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    assert json.loads(FILES[SCHEMA_FILE]) == schema()
