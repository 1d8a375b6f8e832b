"""Packing, listing and unpacking real squashfs images."""

import os
from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.output.program import ProgramFailed
from bh_container.output.squashfs import Entry, Kind, pack, read_entries, unpack


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory with one of each, and names that need care."""
    root = tmp_path / "tree"
    (root / "etc/a b").mkdir(parents=True)
    (root / "etc/secret").write_text("x")
    (root / "etc/secret").chmod(0o600)
    (root / 'etc/a b/q"uote\\x').write_text("x")
    (root / "run me").write_text("#!/bin/sh\n")
    (root / "run me").chmod(0o4755)
    (root / "link").symlink_to("to a place")
    os.mkfifo(root / "pipe", 0o644)
    return root


def test_an_image_lists_what_was_packed(tree: Path, tmp_path: Path) -> None:
    pack(tree, tmp_path / "image")
    entries = read_entries(tmp_path / "image")
    assert list(entries) == [
        "etc",
        "etc/a b",
        'etc/a b/q"uote\\x',
        "etc/secret",
        "link",
        "pipe",
        "run me",
    ]
    assert entries["etc/secret"] == Entry(path="etc/secret", kind=Kind.FILE, mode=0o600)
    assert entries["run me"].mode == 0o4755
    assert (entries["link"].kind, entries["link"].rest) == (Kind.LINK, "to a place")
    assert entries["pipe"].kind is Kind.PIPE


def test_the_same_content_gives_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    pack(tree, tmp_path / "first")
    os.utime(tree / "etc/secret", (1, 1))
    if os.geteuid() == 0:
        os.chown(tree / "etc/secret", 1000, 1000)
    pack(tree, tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_failure_leaves_what_was_there(tree: Path, tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_text("before")
    with pytest.raises(ProgramFailed, match="gensquashfs failed"):
        pack(tree / "absent", image)
    assert image.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_unpacked_as_it_was(tree: Path, tmp_path: Path) -> None:
    pack(tree, tmp_path / "image")
    unpack(tmp_path / "image", tmp_path / "out")
    assert (tmp_path / "out/run me").stat().st_mode & 0o7777 == 0o4755
    assert (tmp_path / "out/link").readlink() == Path("to a place")


def test_what_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "image").write_text("nothing")
    with pytest.raises(ProgramFailed, match="rdsquashfs failed"):
        read_entries(tmp_path / "image")


def test_a_listing_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/two\nlines").write_text("x")
    pack(tmp_path / "tree", tmp_path / "image")
    with pytest.raises(BhError, match="a line that means nothing: 'file two'"):
        read_entries(tmp_path / "image")
