"""Settings, locks and other YAML in the pages are what the programs take."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bh_container.config.pins import read_pins
from bh_container.config.problems import ConfigInvalid
from bh_container.config.settings import resolve, table
from tests.docs.pages import Page, all_pages, page_of

LINE = re.compile(r"([a-z][a-z0-9_]*): \S.*")
NAMED = re.compile(r"\bsettings? `([a-z0-9_]+)`")
KEYS = {row.name for row in table()}
PAGES = pytest.mark.parametrize("page", all_pages(), ids=[one.name for one in all_pages()])


def wrong(page: Page, scratch: Path) -> list[str]:
    """The examples in YAML that are neither settings, nor a lock, nor a workflow of a service."""
    said = []
    for line, text in _examples(page):
        try:
            _read(text, scratch)
        except (ConfigInvalid, yaml.YAMLError) as error:
            said.append(f"{page.name}:{line}: {error}")
    return said


def _examples(page: Page) -> Iterator[tuple[int, str]]:
    yield from ((one.line, one.text) for one in page.blocks if one.language == "yaml")
    for one in page.code:
        if (line := LINE.fullmatch(one.text)) and line[1] in KEYS:
            yield one.line, one.text


def _read(text: str, scratch: Path) -> None:
    found = yaml.safe_load(text)
    if isinstance(found, list) or any(isinstance(one, dict) for one in _values(found, "jobs")):
        return  # a workflow: its commands are in tests/cli/test_documented.py
    if _values(found, "version"):
        lock = scratch / "bh-container.lock"
        lock.write_text(text)
        read_pins(lock)
    else:
        settings = scratch / "bh-container.yaml"
        settings.write_text(text)
        resolve({}, {}, settings)


def _values(found: object, key: str) -> list[object]:
    return [found[key]] if isinstance(found, dict) and key in found else []


@PAGES
def test_examples_are_read(page: Page, tmp_path: Path) -> None:
    assert wrong(page, tmp_path) == []


@PAGES
def test_settings_that_are_named_exist(page: Page) -> None:
    named = set(NAMED.findall(page.file.read_text(encoding="utf-8")))
    assert named - KEYS == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```yaml\nseed: lab\njobs: 4\n```", 0),
        ("```yaml\nseeds: lab\n```", 1),
        ("```yaml\njobs: many\n```", 1),
        ("`hist_type: files`", 0),
        ("`hist_type: file`", 1),
        ("`history: files`", 0),
        ("```yaml\nversion: 1\nsnapshot: '20261128'\n```", 0),
        ("```yaml\nversion: 1\nsnapshot: today\n```", 1),
        ("```yaml\n- run: bh-container lint\n```", 0),
        ("```yaml\non: push\njobs:\n  lint:\n    steps: []\n```", 0),
        ("```yaml\n- run: [\n```", 1),
        ("```json\n{\n```", 0),
    ],
)
def test_an_example_that_is_wrong_is_found(text: str, found: int, tmp_path: Path) -> None:
    assert len(wrong(page_of(all_pages()[0].file, text), tmp_path)) == found
