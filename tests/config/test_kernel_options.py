"""Which options of linux.config a target cannot do without."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.kernel import Option, read_options
from bh_container.config.kernel_options import missing_options, needs_of
from bh_container.config.project import Project
from bh_container.config.target import load_target
from tests.config.tree import LINUX_CONFIG, TARGET, TUPLE, write_tree

SPLIT = {"split.base": "", "split.extra": "", "split.initramfs": ""}


def missing(
    tmp_path: Path,
    config: str,
    changes: Mapping[str, str | None] | None = None,
    tuple_: str = TUPLE,
) -> list[str]:
    """What is missing, as a user reads it, without the path of the directory."""
    tree = {**TARGET, **SPLIT, "linux.config": config, **(changes or {})}
    target = load_target(write_tree(tmp_path / f"{tuple_}.x", tree))
    problems = missing_options(target, needs_of(target))
    return [str(problem).removeprefix(f"{target.directory}/") for problem in problems]


def test_a_configuration_with_all_of_them(tmp_path: Path) -> None:
    assert missing(tmp_path, LINUX_CONFIG) == []


@pytest.mark.parametrize("option", ["SQUASHFS", "OVERLAY_FS", "BLK_DEV_LOOP"])
@pytest.mark.parametrize("value", ["y", "m"])
def test_a_module_does_as_well(tmp_path: Path, option: str, value: str) -> None:
    assert missing(tmp_path, f"{LINUX_CONFIG}CONFIG_{option}={value}\n") == []


def test_a_module_comes_too_late(tmp_path: Path) -> None:
    (problem,) = missing(tmp_path, f"{LINUX_CONFIG}CONFIG_TMPFS=m\n")
    assert problem.startswith("linux.config:9: CONFIG_TMPFS is a module, needed for")
    assert "; set it to y (" in problem


def test_what_is_not_set_has_a_line(tmp_path: Path) -> None:
    text = LINUX_CONFIG.replace("CONFIG_SQUASHFS=y", "# CONFIG_SQUASHFS is not set")
    assert missing(tmp_path, text) == [
        "linux.config:6: CONFIG_SQUASHFS is not set, needed for the images; "
        "set it to y or m (make menuconfig, or: CONFIG_SQUASHFS=y)"
    ]


def test_what_is_not_there_is_off_where_the_kernel_leaves_it_off(tmp_path: Path) -> None:
    words = [problem.split()[1] for problem in missing(tmp_path, "CONFIG_64BIT=y\n")]
    names = "BLK_DEV_INITRD DEVTMPFS TMPFS BLK_DEV_LOOP SQUASHFS SQUASHFS_ZSTD OVERLAY_FS"
    assert words == [f"CONFIG_{name}" for name in names.split()]


@pytest.mark.parametrize(
    ("changes", "tuple_", "needed"),
    [
        ({}, TUPLE, True),
        ({"split.initramfs": None}, TUPLE, False),
        ({}, "m68k-unknown-linux-musl", False),
    ],
)
def test_only_a_compressed_initramfs_has_to_be_unpacked(
    tmp_path: Path, changes: Mapping[str, str | None], tuple_: str, needed: bool
) -> None:
    text = f"{LINUX_CONFIG}# CONFIG_RD_GZIP is not set\n"
    changes = {**changes, "target-portage/make.conf": f"CHOST={tuple_}\nROOT=/usr/${{CHOST}}/\n"}
    assert len(missing(tmp_path, text, changes, tuple_)) == needed


def test_a_dist_kernel_has_what_its_fragment_does_not_take_away(tmp_path: Path) -> None:
    kernel = {"worlds/kernel": "sys-kernel/gentoo-kernel\n"}
    (problem,) = missing(tmp_path, "# CONFIG_OVERLAY_FS is not set\n", kernel)
    assert problem.startswith("linux.config:1: CONFIG_OVERLAY_FS is not set")


def test_a_kernel_that_is_built_already_is_taken_as_it_is(tmp_path: Path) -> None:
    changes = {"worlds/kernel": "sys-kernel/gentoo-kernel-bin\n"}
    assert missing(tmp_path, "# CONFIG_SQUASHFS is not set\n", changes) == []


def test_a_complete_system_without_an_initramfs_needs_none_of_it(tmp_path: Path) -> None:
    changes = {"worlds/base": "@system\n", "busybox-mini.config": None, "initramfs/init": None}
    assert missing(tmp_path, "CONFIG_64BIT=y\n", changes) == []


def test_the_shipped_kernels_have_all() -> None:
    for directory in Project(Path(__file__).parents[2]).target_directories():
        target = load_target(directory)
        assert missing_options(target, needs_of(target)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\n", {"A": "y", "B": "n", "C": "m"}),
        ('CONFIG_CMDLINE="a=b c"\n', {"CMDLINE": '"a=b c"'}),
        ("CONFIG_A=y\n# CONFIG_A is not set\n", {"A": "n"}),
        ("# CONFIG_A=y\n#\n\nconfig_a=y\n", {}),
    ],
)
def test_how_a_config_is_read(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    (tmp_path / ".config").write_text(text)
    found = read_options(tmp_path / ".config")
    assert {name: option.value for name, option in found.items()} == expected


def test_the_line_is_the_last_one(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("\nCONFIG_A=y\nCONFIG_A=m\n")
    assert read_options(tmp_path / ".config") == {"A": Option("m", 3)}


def test_bytes_of_any_kind(tmp_path: Path) -> None:
    (tmp_path / ".config").write_bytes(b"CONFIG_A=\xff\n\0CONFIG_B=y\n")
    assert set(read_options(tmp_path / ".config")) == {"A"}
    assert read_options(tmp_path / "none") == {}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".config")
    assert read_options(tmp_path / ".config") == {}
