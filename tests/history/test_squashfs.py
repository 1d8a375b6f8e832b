"""A tree in squashfs and back: nothing is lost on the way through either program."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from bh_container.errors import MissingProgram
from bh_container.history.squashfs import pack_squashfs, stream_squashfs
from bh_container.history.walk import hard_links, survey
from bh_container.output.program import ProgramFailed
from tests.conftest import cannot
from tests.history.trees import make_root_tree, make_tree, seen
from tests.tars import unpack


def quiet(done: int, total: int | None) -> None:
    pass


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "tree")


def packed(tree: Path, file: Path) -> Path:
    try:
        pack_squashfs(tree, file, 1, quiet)
    except MissingProgram as error:
        cannot(str(error))
    return file


def unpacked(tree: Path, file: Path, to: Path) -> Path:
    """What a tar of the image unpacks to, with the attributes and times that tarfile leaves out."""
    stream = b"".join(stream_squashfs(file, hard_links(tree), quiet))
    to.mkdir()
    with tarfile.open(fileobj=io.BytesIO(stream), errors="surrogateescape") as tar:
        unpack(tar, to, numeric_owner=True)
        for member in tar:
            if member.issym():
                os.utime(to / member.name, (member.mtime, member.mtime), follow_symlinks=False)
            for key, value in member.pax_headers.items():
                if key.startswith("SCHILY.xattr."):
                    name = key.removeprefix("SCHILY.xattr.")
                    raw = value.encode("utf-8", "surrogateescape")
                    os.setxattr(to / member.name, name, raw, follow_symlinks=False)
    return to


def test_what_a_survey_sees(tree: Path) -> None:
    found = survey(tree)
    assert hard_links(tree) == (("a", "b", "d/c", "z"), ("d/other", "f"))
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    assert found.size == sum(path.stat().st_size for path in files)
    assert found.entries == len(list(tree.rglob("*")))


@pytest.mark.parametrize("make", [make_tree, make_root_tree])
def test_there_and_back(tmp_path: Path, make: object) -> None:
    assert callable(make)
    if make is make_root_tree and os.geteuid() != 0:
        cannot("only root can make device nodes")
    tree = make(tmp_path / "tree")
    back = unpacked(tree, packed(tree, tmp_path / "file"), tmp_path / "back")
    assert seen(back) == seen(tree)


def test_the_same_tree_gives_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    one, two = (packed(tree, tmp_path / name).read_bytes() for name in ("one", "two"))
    assert one == two


def test_progress_reaches_the_end(tree: Path, tmp_path: Path) -> None:
    moved: list[tuple[int, int | None]] = []
    packed(tree, tmp_path / "file")
    pack_squashfs(tree, tmp_path / "file", 1, lambda *pair: moved.append(pair))
    # The name with a line end in it is told on two lines.
    assert moved[-1] == (survey(tree).size - 1, None)


@pytest.mark.parametrize("damage", ["cut", "empty", "text"])
def test_a_damaged_file_is_an_error(tree: Path, tmp_path: Path, damage: str) -> None:
    file = packed(tree, tmp_path / "file")
    whole = file.read_bytes()
    file.write_bytes({"cut": whole[:400], "empty": b"", "text": b"x" * 9999}[damage])
    with pytest.raises(ProgramFailed, match="sqfs2tar failed"):
        list(stream_squashfs(file, (), quiet))


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    with pytest.raises(ProgramFailed, match="gensquashfs failed"):
        pack_squashfs(tmp_path / "tree", tmp_path / "none/file", 1, quiet)
