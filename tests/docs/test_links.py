"""Links of the pages lead somewhere, and so do the paths that they name."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import bh_container
from tests.docs.pages import PROJECT, Page, all_pages, page_of

PAGES = {page.file: page for page in all_pages()}
PACKAGE = Path(bh_container.__file__).parent
OURS = ("script", "tests", "benchmarks", "bh_container", "containerfiles", "docs", ".ci")
ROOMS = tuple(path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_")
PATH = re.compile(r"[\w.][\w./*-]*")
EVERY_PAGE = pytest.mark.parametrize("page", PAGES.values(), ids=[one.name for one in all_pages()])


def broken(page: Page) -> list[str]:
    """The links of a page that lead nowhere in this project. Others are not followed."""
    return [
        f"{page.name}:{link.line}: {link.text}"
        for link in page.links
        if not _leads(page, link.text)
    ]


def _leads(page: Page, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme:
        return True
    file = (page.file.parent / unquote(parts.path)).resolve() if parts.path else page.file
    if not file.exists() or not file.is_relative_to(PROJECT):
        return False
    target = page if file == page.file else PAGES.get(file)
    return not parts.fragment or (target is not None and parts.fragment in target.anchors)


def missing(page: Page) -> list[str]:
    """The files of this project that a page names between backticks and that do not exist."""
    return [f"{page.name}:{one.line}: {one.text}" for one in page.code if not _exists(one.text)]


def _exists(text: str) -> bool:
    """Whether text is no path of ours, or one that exists. A word in capitals stands for others."""
    path = text.split()[0] if text.split() else ""
    head, slash, _ = path.partition("/")
    if not slash or not PATH.fullmatch(path) or re.search(r"[A-Z]{2}|\.\.\.", path):
        return True
    if head in OURS and (head != "tests" or path.endswith(".py")):
        return any(PROJECT.glob(path.rstrip("/")))
    if head in ROOMS and path.endswith((".py", ".sh")):
        return any(PACKAGE.glob(path))
    return True


@EVERY_PAGE
def test_links_lead_somewhere(page: Page) -> None:
    assert broken(page) == []


@EVERY_PAGE
def test_files_that_are_named_exist(page: Page) -> None:
    assert missing(page) == []


def test_every_page_of_the_documentation_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    left = [PROJECT / "README.md"]
    while left:
        file = left.pop()
        if file in reached or file not in PAGES:
            continue
        reached.add(file)
        links = (urlsplit(link.text) for link in PAGES[file].links)
        left += [(file.parent / one.path).resolve() for one in links if not one.scheme and one.path]
    assert {file for file in PAGES if PROJECT / "docs" in file.parents} - reached == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](docs/host.md)", 0),
        ("[a](docs/host.md#the-lock)", 0),
        ("[a](docs/host.md#the-look)", 1),
        ("[a](docs/hosts.md)", 1),
        ("[a](#what-it-is)\n\n## What it is", 0),
        ("[a](#what-it-is-1)\n\n## What it is\n\n## What `it` is?", 0),
        ("[a](https://example.org/none.md#none)", 0),
        ("![a](none.png)", 1),
        ("| a |\n| --- |\n| [a](none.md) |", 1),
        ("```\n[a](none.md)\n```", 0),
    ],
)
def test_a_link_that_leads_nowhere_is_found(text: str, found: int) -> None:
    assert len(broken(page_of(PROJECT / "README.md", text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`script/test --fast`", 0),
        ("`script/none`", 1),
        ("`plan/layout.py`", 0),
        ("`plan/layouts.py`", 1),
        ("`steps/target/NAME.sh`", 0),
        ("`configs/none` and `/usr/none`", 0),
        ("`output/checks/test_*.py`", 0),
        ("`tests/lab/none_*.py`", 1),
    ],
)
def test_a_file_that_does_not_exist_is_found(text: str, found: int) -> None:
    assert len(missing(page_of(PROJECT / "README.md", text))) == found
