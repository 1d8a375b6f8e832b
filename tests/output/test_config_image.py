"""What can become a configuration image."""

import os
import socket
from pathlib import Path

import pytest

from bh_container.config.problems import ConfigInvalid
from bh_container.errors import BhError
from bh_container.output.config_image import pack_config
from bh_container.output.squashfs import read_entries


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "etc").mkdir(parents=True)
    (root / "etc/hostname").write_text("mine\n")
    return root


def test_packed(tree: Path, tmp_path: Path) -> None:
    pack_config(tree, tmp_path / "config")
    assert list(read_entries(tmp_path / "config")) == ["etc", "etc/hostname"]


def test_everything_that_is_wrong_at_once(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)  # a socket's path may have 108 bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("etc/control")
        (tree / "two\nlines").write_text("")
        with pytest.raises(ConfigInvalid) as raised:
            pack_config(tree, tmp_path / "config")
    lines = str(raised.value).splitlines()
    assert len(lines) == 2
    assert "etc/control: is a socket; remove it" in lines[0]
    assert "two\\nlines: has a name of more than one line" in lines[1]
    assert not (tmp_path / "config").exists()


def test_what_cannot_be_read(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read everything: the answer of the system is what is pretended.
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != "hostname")
    with pytest.raises(ConfigInvalid, match="hostname: cannot be read; let this user"):
        pack_config(tree, tmp_path / "config")


@pytest.mark.parametrize(
    ("directory", "image", "words"),
    [
        ("absent", "config", "absent: is no directory"),
        ("tree/etc/hostname", "config", "hostname: is no directory"),
        ("empty", "config", "empty: is empty"),
        ("tree", "tree/config", "lies in the directory that is packed"),
        ("tree", "empty", "empty: is a directory"),
        ("tree", "absent/config", "absent: is no directory\n  create it"),
    ],
)
def test_what_is_no_configuration(
    tree: Path, tmp_path: Path, directory: str, image: str, words: str
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BhError) as raised:
        pack_config(tmp_path / directory, tmp_path / image)
    assert words in str(raised.value)
