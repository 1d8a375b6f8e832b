import os
from pathlib import Path, PurePosixPath

import pytest

from bh_container.config.files import FileSet, portage_lines, read_files
from bh_container.config.problems import Report
from tests.config.tree import write_tree

TREE = {
    "worlds/base": "a/b\n",
    "worlds/kernel": "a/c\n",
    "make.conf": "X=1\n",
    "link": "-> /somewhere/else",
    "target-portage/package.use/00": "*/* -nls # everywhere\n\n  a/b   static  \n",
    "target-portage/package.use/z/deep": "=a/b-1 x\na/other y\n",
    "target-portage/package.use/.hidden": "a/b hidden\n",
    "target-portage/package.use/old~": "a/b old\n",
    "target-portage/package.mask": "a/*\nb/*\n",
    "target-portage/profile/package.use.force": "a/b -forced\n",
}


def read(directory: Path) -> FileSet:
    report = Report()
    found = read_files(directory, report)
    assert report.problems == []
    return found


def test_files_are_sorted_and_links_are_not_followed(tmp_path: Path) -> None:
    files = read(write_tree(tmp_path, TREE))
    assert [str(f.path) for f in files] == sorted(TREE)
    assert {str(f.path): f.link for f in files if f.link} == {"link": "/somewhere/else"}


@pytest.mark.parametrize(
    ("prefixes", "found"),
    [
        (("worlds",), ["worlds/base", "worlds/kernel"]),
        (("worlds/", "make.conf"), ["make.conf", "worlds/base", "worlds/kernel"]),
        (("world",), []),
        ((PurePosixPath("worlds/base"),), ["worlds/base"]),
        ((), []),
    ],
)
def test_under_takes_whole_names(
    tmp_path: Path, prefixes: tuple[str | PurePosixPath, ...], found: list[str]
) -> None:
    files = read(write_tree(tmp_path, TREE))
    assert [str(f.path) for f in files.under(*prefixes)] == found
    assert [str(f.path) for f in files.without(*prefixes)] == sorted(set(TREE) - set(found))


def test_contains_is_about_paths(tmp_path: Path) -> None:
    files = read(write_tree(tmp_path, TREE))
    assert "worlds/base" in files
    assert PurePosixPath("worlds") not in files


@pytest.mark.parametrize(
    "change",
    [
        lambda d: (d / "worlds/base").write_text("a/b \n"),
        lambda d: (d / "worlds/base").rename(d / "worlds/bose"),
        lambda d: (d / "worlds/base").chmod(0o755),
        lambda d: (d / "new").touch(),
        lambda d: [(d / "link").unlink(), (d / "link").symlink_to("elsewhere")],
        lambda d: [(d / "link").unlink(), (d / "link").write_text("/somewhere/else")],
    ],
)
def test_the_digest_changes_with_what_it_is_of(tmp_path: Path, change: object) -> None:
    before = read(write_tree(tmp_path, TREE)).digest()
    assert callable(change)
    change(tmp_path)
    assert read(tmp_path).digest() != before


def test_the_digest_knows_neither_times_nor_places_nor_git(tmp_path: Path) -> None:
    one = write_tree(tmp_path / "one", TREE)
    two = write_tree(tmp_path / "two", dict(reversed(TREE.items())))
    write_tree(two / ".git", {"HEAD": "x"})
    os.utime(two / "make.conf", (1, 1))
    (two / "worlds/base").chmod(0o600)
    assert read(one).digest() == read(two).digest()


@pytest.mark.parametrize(
    ("kind", "packages", "lines"),
    [
        ("package.use", {"a/b"}, ("*/* -nls", "a/b static", "=a/b-1 x")),
        ("package.use", {"a/other"}, ("*/* -nls", "a/other y")),
        ("package.use", {"c/d"}, ("*/* -nls",)),
        ("package.mask", {"a/b"}, ("a/*",)),
        ("package.mask", {"a/b", "b/b"}, ("a/*", "b/*")),
        ("package.unmask", {"a/b"}, ()),
        ("profile/package.use.force", {"a/b"}, ("a/b -forced",)),
    ],
)
def test_a_step_reads_only_the_lines_of_its_packages(
    tmp_path: Path, kind: str, packages: set[str], lines: tuple[str, ...]
) -> None:
    assert portage_lines(read(write_tree(tmp_path, TREE)), kind, packages) == lines


def test_what_is_no_file_is_a_problem_and_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    report = Report()
    assert list(read_files(tmp_path, report)) == []
    assert [str(p.file.name) for p in report.problems] == ["pipe"]
