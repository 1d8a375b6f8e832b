from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.host import RustTarget, load_host
from bh_container.config.problems import ConfigInvalid
from bh_container.config.rust import rust_problems
from bh_container.config.target import load_target
from tests.config.conftest import Write
from tests.config.tree import TUPLE

RUST = """RUST_CROSS_TARGETS=(
\t"X86:x86_64-crossdev-linux-musl:x86_64-unknown-linux-musl" # for rust, another name
\t"AArch64:aarch64-unknown-linux-musl:aarch64-unknown-linux-musl"
)
"""
ENV_RUST = "target-portage/env/dev-lang/rust"
WITH_RUST = {"worlds/base": "dev-lang/rust\n", ENV_RUST: RUST}


def test_a_host_is_reached_through_its_link(tmp_path: Path, write_host: Write) -> None:
    write_host({"worlds/base": "dev-vcs/git # why\ncross-a-b-c-d/gcc\n", "cpuflags": ""})
    (tmp_path / "configs/host").symlink_to("host-here")
    host = load_host(tmp_path / "configs/host")
    assert (host.name, host.directory) == ("host-here", tmp_path / "configs/host-here")
    assert host.world == ("dev-vcs/git", "cross-a-b-c-d/gcc")
    assert host.cross_world == ("cross-a-b-c-d/gcc",)
    assert (host.chost, host.elibc) == ("x86_64-pc-linux-musl", "musl")
    assert (host.cpuflags, host.wants_rust, host.cross_switch) == (True, False, False)
    assert "worlds/base" in host.files


@pytest.mark.parametrize(
    ("make_conf", "elibc", "switch"),
    [
        ('CHOST="x86_64-pc-linux-gnu"\nI_KNOW_WHAT_I_AM_DOING_CROSS="1"\n', "glibc", True),
        ('CHOST="x86_64-pc-linux-gnu"\n#I_KNOW_WHAT_I_AM_DOING_CROSS="1"\n', "glibc", False),
        ("CHOST=riscv64-unknown-linux-musl\n", "musl", False),
    ],
)
def test_what_make_conf_says(write_host: Write, make_conf: str, elibc: str, switch: bool) -> None:
    host = load_host(write_host({"target-portage/make.conf": make_conf}))
    assert (host.elibc, host.cross_switch) == (elibc, switch)


def test_the_cross_targets_of_rust(write_host: Write) -> None:
    host = load_host(write_host(WITH_RUST))
    assert host.wants_rust
    assert host.rust_targets == (
        RustTarget(
            llvm="X86", rust="x86_64-crossdev-linux-musl", tuple="x86_64-unknown-linux-musl"
        ),
        RustTarget(llvm="AArch64", rust=TUPLE, tuple=TUPLE),
    )
    assert host.rust_cross_targets == ("x86_64-crossdev-linux-musl", TUPLE)


@pytest.mark.parametrize(
    "changes",
    [
        {"target-portage/make.conf": 'CHOST=x-y-z-gnu\nLLVM_TARGETS="X86 AArch64"\n'},
        {"target-portage/profile/package.use.force/llvm": "*/* LLVM_TARGETS: X86 AArch64 -BPF\n"},
        {"target-portage/profile/package.use.force/x": "dev-lang/rust llvm_targets_X86\n"
                                                       "llvm-core/llvm llvm_targets_AArch64\n"},
    ],
)  # fmt: skip
def test_llvm_targets(write_host: Write, changes: Mapping[str, str | None]) -> None:
    assert load_host(write_host(changes)).llvm_targets == {"X86", "AArch64"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"worlds/base": None}, "worlds/base: is missing; create it"),
        ({"target-portage/make.conf": None}, "target-portage/make.conf: is missing; create it"),
        ({"target-portage/make.conf": "X=1"}, "target-portage/make.conf: CHOST is not set; "),
        ({"target-portage/make.profile": None}, "target-portage/make.profile: is missing; "),
        (
            {"target-portage/package.use": "dev-vcs/git -perl\n"},
            "target-portage/package.use: is a file, and crossdev needs a directory; make it",
        ),
        (
            {ENV_RUST: '\nRUST_CROSS_TARGETS=( "AArch64:aarch64" )\n'},
            f"{ENV_RUST}:2: 'AArch64:aarch64' is no rust cross target; write LLVM:RUST:TUPLE, "
            "as in AArch64:aarch64-unknown-linux-musl:aarch64-unknown-linux-musl",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_remedy(
    write_host: Write, changes: Mapping[str, str | None], said: str
) -> None:
    directory = write_host(changes)
    with pytest.raises(ConfigInvalid) as caught:
        load_host(directory)
    (problem,) = caught.value.problems
    assert str(problem).replace(f"{directory}/", "").startswith(said)


@pytest.mark.parametrize("link", [None, "nowhere", "host"])
def test_a_link_to_no_host(tmp_path: Path, link: str | None) -> None:
    if link:
        (tmp_path / "host").symlink_to(link)
    with pytest.raises(ConfigInvalid, match="link it to a host configuration"):
        load_host(tmp_path / "host")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        (WITH_RUST, ["needs the LLVM target 'AArch64', which is not enabled"]),
        (
            WITH_RUST
            | {"target-portage/make.conf": 'CHOST=x86_64-pc-linux-gnu\nLLVM_TARGETS="AArch64"'},
            [],
        ),
        ({"worlds/base": "dev-lang/rust"}, []),
        ({ENV_RUST: RUST}, []),
        (
            {
                "worlds/base": "dev-lang/rust",
                ENV_RUST: 'RUST_CROSS_TARGETS=("X86:x86_64-u-l-m:x86_64-u-l-m")',
            },
            [f"RUST_CROSS_TARGETS has nothing for {TUPLE}; add \"LLVM:RUST:{TUPLE}\""],
        ),
    ],
)  # fmt: skip
def test_rust_is_compared_with_the_targets(
    write_host: Write, write_target: Write, changes: Mapping[str, str | None], said: list[str]
) -> None:
    found = rust_problems(load_host(write_host(changes)), [load_target(write_target({}))])
    assert [expected in str(problem) for expected, problem in zip(said, found, strict=True)] == [
        True
    ] * len(said)
