"""The archive of an initramfs, read back by busybox and byte by byte."""

import io
import os
import subprocess
from pathlib import Path

import pytest

from bh_container.steps.inside.cpio import Entry, entries_of, main, nodes_of, write
from tests.conftest import BUSYBOX, cannot

EPOCH = "1970-01-01 00:00:00 "
NODES = "nod /dev/console 0600 0 0 c 5 1"


def tree(directory: Path) -> Path:
    for name in ("bin", "dev", "empty"):
        (directory / name).mkdir(parents=True)
        (directory / name).chmod(0o755)
    (directory / "bin/box").write_bytes(b"odd")
    (directory / "bin/box").chmod(0o755)
    (directory / "bin/sh").symlink_to("box")
    (directory / "init").write_text("#!/bin/sh\n")
    (directory / "init").chmod(0o644)
    return directory


def archive(directory: Path, nodes: str = NODES) -> bytes:
    entries = {entry.name: entry for entry in (*entries_of(directory), *nodes_of(nodes))}
    to = io.BytesIO()
    write(entries, to)
    return to.getvalue()


def test_cpio_lists_what_was_packed(tmp_path: Path) -> None:
    if not BUSYBOX.is_file():
        cannot(f"there is no {BUSYBOX}: apt-get install busybox-static")
    listed = subprocess.run(
        [BUSYBOX, "cpio", "-t", "-v"],
        input=archive(tree(tmp_path / "tree")),
        capture_output=True,
        check=True,
        env={**os.environ, "TZ": "UTC"},
    ).stdout.decode()
    lines = [" ".join(line.split()).replace(EPOCH, "") for line in listed.splitlines()]
    assert lines == [
        "drwxr-xr-x 0/0 0 bin",
        "-rwxr-xr-x 0/0 3 bin/box",
        "lrwxrwxrwx 0/0 0 bin/sh -> box",
        "drwxr-xr-x 0/0 0 dev",
        "crw------- 0/0 0 dev/console",
        "drwxr-xr-x 0/0 0 empty",
        "-rw-r--r-- 0/0 10 init",
    ]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tree(tmp_path / "a"), tree(tmp_path / "b")
    os.utime(second / "init", (1, 1))
    assert archive(first) == archive(second)
    (second / "init").chmod(0o755)
    assert archive(first) != archive(second)


def test_every_member_begins_at_a_multiple_of_four(tmp_path: Path) -> None:
    """The kernel (init/initramfs.c) reads nothing else."""
    content = archive(tree(tmp_path / "tree"))
    assert len(content) % 4 == 0
    found, at = 0, 0
    while (at := content.find(b"070701", at)) >= 0:
        assert at % 4 == 0
        found, at = found + 1, at + 6
    assert found == 8


def test_an_empty_archive_ends(tmp_path: Path) -> None:
    to = io.BytesIO()
    write({}, to)
    assert to.getvalue().endswith(b"TRAILER!!!\0\0\0\0")


@pytest.mark.parametrize("line", ["dir /dev 0755 0 0", "nod /dev/x 0600 0 0 p 1 2", "nod /dev/x"])
def test_a_list_that_is_none_of_device_nodes(line: str) -> None:
    with pytest.raises((SystemExit, ValueError)):
        list(nodes_of(line))


def test_the_numbers_of_a_device(tmp_path: Path) -> None:
    """Field 10 and 11 of 13 (buffer-format.rst), which busybox does not show."""
    head = archive(tmp_path)[:110].decode()
    fields = [int(head[at : at + 8], 16) for at in range(6, 110, 8)]
    assert (fields[1], fields[9], fields[10]) == (0o020600, 5, 1)


def test_comments_and_empty_lines_in_a_list() -> None:
    nodes = list(nodes_of("# nodes\n\nnod /dev/loop0 0660 0 0 b 7 0 # a disk\n"))
    assert nodes == [Entry("dev/loop0", 0o060660, device=(7, 0))]


def test_a_socket_cannot_be_packed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SystemExit, match="pipe"):
        list(entries_of(tmp_path))


def test_the_program_writes_to_standard_output(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    main(str(tree(tmp_path / "tree")), NODES)
    assert capfdbinary.readouterr().out == archive(tmp_path / "tree")
