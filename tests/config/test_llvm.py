"""LLVM_TARGETS of the host and of targets, where somebody has cut them down."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.host import load_host
from bh_container.config.llvm import llvm_name, llvm_problems
from bh_container.config.target import load_target
from tests.config.tree import HOST, TARGET, TUPLE, write_tree

FILE = "target-portage/profile/package.use.force/llvm_targets"
LACKS = f"LLVM_TARGETS has no 'AArch64', which {TUPLE}.box is built for; add it there"


@pytest.mark.parametrize(
    ("host", "target", "places"),
    [
        ({}, {}, []),
        ({FILE: "*/* LLVM_TARGETS: AArch64 X86\n"}, {FILE: "*/* llvm_targets_AArch64\n"}, []),
        ({FILE: "*/* LLVM_TARGETS: X86\n"}, {}, ["host"]),
        ({FILE: "*/* LLVM_TARGETS: X86 -AArch64\n"}, {}, ["host"]),
        ({}, {FILE: "*/* LLVM_TARGETS: AMDGPU\n"}, [f"{TUPLE}.box"]),
        (
            {FILE: "*/* LLVM_TARGETS: RISCV\n"},
            {FILE: "*/* LLVM_TARGETS: X86\n"},
            ["host", f"{TUPLE}.box"],
        ),
    ],
)
def test_what_is_lacking(
    tmp_path: Path, host: Mapping[str, str], target: Mapping[str, str], places: list[str]
) -> None:
    loaded = load_host(write_tree(tmp_path / "host", {**HOST, **host}))
    box = load_target(write_tree(tmp_path / f"{TUPLE}.box", {**TARGET, **target}))
    problems = [str(problem) for problem in llvm_problems(loaded, [box])]
    assert problems == [f"{tmp_path / place / FILE}: {LACKS}" for place in places]


def test_the_hosts_own_architecture_is_always_there(tmp_path: Path) -> None:
    chost = {"target-portage/make.conf": f"CHOST={TUPLE}\n", FILE: "*/* LLVM_TARGETS: AMDGPU\n"}
    loaded = load_host(write_tree(tmp_path / "host", {**HOST, **chost}))
    box = load_target(write_tree(tmp_path / f"{TUPLE}.box", TARGET))
    assert llvm_problems(loaded, [box]) == ()


@pytest.mark.parametrize(
    ("tuple_", "name"),
    [
        ("aarch64-unknown-linux-musl", "AArch64"),
        ("armv7a-unknown-linux-musleabihf", "ARM"),
        ("i686-pc-linux-musl", "X86"),
        ("x86_64-pc-linux-gnu", "X86"),
        ("m68k-unknown-linux-musl", "M68k"),
        ("sh4-unknown-linux-gnu", None),
    ],
)
def test_names(tuple_: str, name: str | None) -> None:
    assert llvm_name(tuple_) == name
