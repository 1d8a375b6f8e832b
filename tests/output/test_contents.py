"""Reading what can be compared: kernel options, package databases, directories, images."""

import os
from pathlib import Path

import pytest

from bh_container.output.contents import (
    Package,
    read_image,
    read_options,
    read_packages,
    read_tree,
)
from bh_container.output.squashfs import pack
from tests.config.tree import write_tree
from tests.conftest import cannot


def test_kernel_options(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "# Linux/arm64 6.1 Kernel Configuration\n\nCONFIG_A=y\n# CONFIG_B is not set\n"
        'CONFIG_NAME="a=b"\nCONFIG_M=m\n'
    )
    expected = {"CONFIG_A": "y", "CONFIG_B": "n", "CONFIG_NAME": '"a=b"', "CONFIG_M": "m"}
    assert read_options(config) == expected
    assert read_options(tmp_path / "none") == {}


def test_a_package_database(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "app-misc/hello-1.0/USE": "elibc_musl loud\n",
            "dev-lang/python-3.11.2_p1-r3/USE": "\n",
            "dev-lang/python-3.12/USE": "ssl\n",
            "virtual/os-headers-0-r2/CONTENTS": "",
        },
    )
    assert read_packages(tmp_path) == {
        "app-misc/hello": (Package(version="1.0", use=frozenset({"elibc_musl", "loud"})),),
        "dev-lang/python": (
            Package(version="3.11.2_p1-r3"),
            Package(version="3.12", use=frozenset({"ssl"})),
        ),
    }
    assert read_packages(tmp_path / "none") == {}


def test_an_image_reads_as_the_directory_that_it_was_made_of(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        cannot("owners in an image are root's, and here they are not")
    root = tmp_path / "root"
    write_tree(root, {"etc/motd": "hello\n", "usr/bin/a b": "#!/bin/sh\n", "var/tmp/x": ""})
    (root / "usr/bin/a b").chmod(0o4755)
    (root / "bin").symlink_to("usr/bin")
    os.mkfifo(root / "pipe", 0o600)
    pack(root, tmp_path / "image")
    tree = read_tree(root)
    assert read_image(tmp_path / "image") == tree
    assert tree["usr/bin/a b"].mode == 0o4755
    assert tree["bin"].content == "usr/bin"
    kept = read_tree(root, without=frozenset({"var/tmp"}))
    assert tree.keys() - kept.keys() == {"var/tmp", "var/tmp/x"}


@pytest.mark.parametrize("name", ["etc/motd", "bin"])
def test_what_changes_in_a_directory_is_seen(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"etc/motd": "hello\n"})
    (tmp_path / "bin").symlink_to("usr/bin")
    before = read_tree(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).write_text("hallo\n")
    after = read_tree(tmp_path)
    assert {path for path in before if before[path] != after[path]} == {name}
