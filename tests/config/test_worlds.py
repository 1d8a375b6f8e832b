from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.problems import Report
from bh_container.config.worlds import PackageList, read_package_lists
from tests.config.tree import write_tree


def read(worlds: Path, tree: Mapping[str, str | None]) -> tuple[tuple[PackageList, ...], list[str]]:
    report = Report()
    lists = read_package_lists(write_tree(worlds, tree), report)
    return lists, [str(problem).replace(f"{worlds}/", "") for problem in report.problems]


@pytest.mark.parametrize(
    ("tree", "order"),
    [
        ({}, "base"),
        ({"zip": "a/z", "cli": "a/c"}, "base cli<base zip<base"),
        ({"gtk": "a/g", "agtk": "a/a", "tree/agtk": "gtk\n"}, "base gtk<base agtk<gtk"),
        ({"a": "a/a", "b": "b/b", "tree/a": "b"}, "base b<base a<b"),
        ({"a": "a/a", "tree/a": "  base  # the root\n"}, "base a<base"),
        ({"a": "a/a", "tree/a": ""}, "base a<base"),
        ({"a": "a/a", "tree/base": "base"}, "base a<base"),
        ({"a": "a/a", "tree/.gitkeep": ""}, "base a<base"),
        ({"kernel": "k/k", "rust.clean": "r/r", ".hidden": "?", "old~": "?"}, "base"),
        ({"x.y-z_1": "a/a"}, "base x.y-z_1<base"),
    ],
)
def test_parents_come_first_and_then_the_alphabet(
    tmp_path: Path, tree: Mapping[str, str | None], order: str
) -> None:
    lists, problems = read(tmp_path, {"base": "a/b\n", **tree})
    assert problems == []
    shown = " ".join(li.name + (f"<{li.parent}" if li.parent else "") for li in lists)
    assert shown == order


def test_ancestors_are_told_base_first(tmp_path: Path) -> None:
    lists, _ = read(tmp_path, {n: "a/b" for n in ("base", "one", "two")} | {"tree/two": "one"})
    assert {li.name: li.ancestors for li in lists} == {
        "base": (),
        "one": ("base",),
        "two": ("base", "one"),
    }


def test_a_list_keeps_its_order_without_comments(tmp_path: Path) -> None:
    (base,), _ = read(tmp_path, {"base": "# first\nz/z # why\n\n@system a/a\n  >=m/m-1:2[x]\n"})
    assert base.atoms == ("z/z", "@system", "a/a", ">=m/m-1:2[x]")
    assert base.file == tmp_path / "base"


@pytest.mark.parametrize(
    ("tree", "problems"),
    [
        (
            {"base": None},
            ["base: is missing; create it: base is the list that every other one builds on"],
        ),
        (
            {"net": "a/n", "cli": "a/c", "tree/cli": "\nnett\n"},
            ["tree/cli:2: 'nett' is no list in worlds/; did you mean 'net'?"],
        ),
        (
            {"gtk": "a/g", "tree/gtk": "gkt"},
            ["tree/gtk:1: 'gkt' is no list in worlds/; create worlds/gkt, or name one that exists"],
        ),
        (
            {"net": "a/n", "tree/nett": "base"},
            ["tree/nett: there is no list 'nett' in worlds/; did you mean 'net'?"],
        ),
        (
            {"a": "a/a", "b": "a/b", "tree/a": "b", "tree/b": "\na"},
            [
                "tree/a:1: the lists build on each other in a circle: a -> b -> a; "
                "let one of them build on base (also: tree/b:2)"
            ],
        ),
        (
            {"a": "a/a", "tree/a": "a"},
            [
                "tree/a:1: the lists build on each other in a circle: a -> a; "
                "let one of them build on base"
            ],
        ),
        (
            {"a": "a/a", "b": "a/b", "tree/a": "base b"},
            ["tree/a:1: 'b' is a second parent beside 'base'; a list has exactly one parent"],
        ),
        (
            {"a": "a/a", "tree/base": "a"},
            ["tree/base:1: base cannot build on 'a'; remove this file: base lies below every list"],
        ),
        ({"a": "# nothing\n"}, ["a: names no package; add one, or remove the file"]),
        (
            {"a": "a/a\nbusybox\n"},
            [
                "a:2: 'busybox' has no category; "
                "write category/name, =category/name-1 or @set"
            ],
        ),
        ({"sub/a": "a/a"}, ["sub: is a directory; move its lists up into worlds/"]),
        ({"a": "-> nowhere"}, ["a: is a symbolic link to nothing; correct or remove the link"]),
        (
            {"tree": "base"},
            ["tree: is no directory; make it one: a file per list, naming its parent"],
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_its_remedy(
    tmp_path: Path, tree: Mapping[str, str | None], problems: list[str]
) -> None:
    assert read(tmp_path, {"base": "a/b", **tree})[1] == problems


def test_two_circles_are_two_problems(tmp_path: Path) -> None:
    lists = {name: "a/a" for name in ("base", "a", "b", "c", "d", "e")}
    tree = {"tree/a": "b", "tree/b": "a", "tree/c": "d", "tree/d": "c", "tree/e": "a"}
    _, problems = read(tmp_path, lists | tree)
    assert ["a -> b -> a" in problems[0], "c -> d -> c" in problems[1]] == [True, True]
    assert len(problems) == 2
