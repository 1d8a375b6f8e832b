"""Comparing what two results hold, as data alone."""

import pytest

from bh_container.history.diff import (
    Change,
    FileChange,
    OptionChange,
    PackageChange,
    SizeChange,
    compare,
)
from bh_container.output.contents import Contents, File, Package
from bh_container.output.squashfs import Kind

BASH = Package(version="5.2", use=frozenset({"net"}))
FILE = File(kind=Kind.FILE, mode=0o644, owner=(0, 0), size=3, content="digest")


def packages(*found: Package) -> Contents:
    return Contents(packages={"base": {"app-shells/bash": found} if found else {}})


@pytest.mark.parametrize(
    ("one", "other", "change", "use"),
    [
        ((), (BASH,), Change.ADDED, ()),
        ((BASH,), (), Change.REMOVED, ()),
        ((BASH,), (Package(version="5.3", use=BASH.use),), Change.CHANGED, ()),
        (
            (BASH,),
            (Package(version="5.2", use=frozenset({"nls", "ipv6"})),),
            Change.CHANGED,
            ("+ipv6", "+nls", "-net"),
        ),
        ((BASH,), (BASH, Package(version="5.3")), Change.CHANGED, ()),
    ],
)
def test_packages(
    one: tuple[Package, ...], other: tuple[Package, ...], change: Change, use: tuple[str, ...]
) -> None:
    (found,) = compare(packages(*one), packages(*other))
    assert found == PackageChange(
        where="base",
        package="app-shells/bash",
        change=change,
        before=tuple(package.version for package in one),
        after=tuple(package.version for package in other),
        use=use,
    )


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (
            File(kind=Kind.FILE, mode=0o755, owner=(0, 0), size=3, content="digest"),
            "mode 0644 → 0755",
        ),
        (
            File(kind=Kind.FILE, mode=0o644, owner=(0, 5), size=3, content="digest"),
            "owner 0:0 → 0:5",
        ),
        (File(kind=Kind.FILE, mode=0o644, owner=(0, 0), size=3, content="other"), "content"),
        (
            File(kind=Kind.FILE, mode=0o4644, owner=(1, 0), size=4, content="other"),
            "mode 0644 → 4644; owner 0:0 → 1:0; size 3 → 4; content",
        ),
        (File(kind=Kind.LINK, mode=0o777, owner=(0, 0), content="x"), "file → slink"),
    ],
)
def test_a_file_that_changed(other: File, what: str) -> None:
    one, two = (Contents(files={"base": {"etc/motd": each}}) for each in (FILE, other))
    (found,) = compare(one, two)
    assert found == FileChange(
        where="base", path="etc/motd", change=Change.CHANGED, what=tuple(what.split("; "))
    )


def test_a_link_says_where_it_led_and_leads() -> None:
    links = (File(kind=Kind.LINK, mode=0o777, owner=(0, 0), content=to) for to in ("a", "b"))
    one, two = (Contents(files={"base": {"bin/sh": each}}) for each in links)
    (found,) = compare(one, two)
    assert isinstance(found, FileChange)
    assert found.what == ("content a → b",)


def test_files_sizes_and_options_that_come_and_go() -> None:
    one = Contents(
        files={"base": {"gone": FILE}},
        sizes={"base": 1, "same": 2},
        options={"kernel": {"CONFIG_A": "y", "CONFIG_B": "n"}},
    )
    other = Contents(
        files={"net": {"new": FILE}},
        sizes={"net": 3, "same": 2},
        options={"kernel": {"CONFIG_B": "m"}},
    )
    assert compare(one, other) == (
        OptionChange(where="kernel", option="CONFIG_A", before="y", after=None),
        OptionChange(where="kernel", option="CONFIG_B", before="n", after="m"),
        SizeChange(name="base", before=1, after=None),
        SizeChange(name="net", before=None, after=3),
        FileChange(where="base", path="gone", change=Change.REMOVED),
        FileChange(where="net", path="new", change=Change.ADDED),
    )
    assert compare(one, one) == ()
