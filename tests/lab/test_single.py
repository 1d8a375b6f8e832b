"""The eight combinations of split.base, split.extra and split.initramfs, built.

From a file each to everything in one: the kernel holds the initramfs, and that holds the images.
The kernel is compiled for the first of them alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from bh_container.output.boot import Console
from bh_container.output.build import Build
from bh_container.output.cpio import read_archive, read_initramfs
from bh_container.output.kernel_image import embedded_initramfs
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import NAME, FirstBuild, Lab

pytestmark = pytest.mark.lab

SPLITS = ("split.base", "split.extra", "split.initramfs")
Chosen = tuple[bool, ...]
ALL, NONE = (True, True, True), (False, False, False)
# base, extra, initramfs: what lies beside the kernel, and what in the initramfs.
PLACES: Mapping[Chosen, tuple[set[str], set[str]]] = {
    (True, True, True): ({"initramfs", "base", "net"}, set()),
    (True, True, False): ({"base", "net"}, set()),
    (True, False, True): ({"initramfs", "base"}, {"net"}),
    (True, False, False): ({"base"}, {"net"}),
    (False, True, True): ({"initramfs", "net"}, {"base"}),
    (False, True, False): ({"net"}, {"base"}),
    (False, False, True): ({"initramfs"}, {"base", "net"}),
    (False, False, False): (set(), {"base", "net"}),
}


@dataclass(frozen=True, slots=True)
class Split:
    """One combination: the steps that its build ran, but those of every run, and the result."""

    ran: list[str]
    build: Build


@pytest.fixture(scope="module")
def splits(lab: Lab, first_build: FirstBuild) -> Iterator[Mapping[Chosen, Split]]:
    """All of them one after the other, with the kernel that is compiled already; NONE is last."""
    found = {}
    try:
        for chosen in product((True, False), repeat=3):
            choose(lab, chosen)
            outcome = lab.build()
            assert outcome.status == 0, outcome.errors
            found[chosen] = Split(lab.checkpoints(outcome.steps_run(NAME)), lab.result())
        yield found
    finally:
        choose(lab, ALL)


def choose(lab: Lab, chosen: Chosen) -> None:
    """Have these of the three files."""
    for name, split in zip(SPLITS, chosen, strict=True):
        if split:
            (lab.target / name).touch()
        else:
            (lab.target / name).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def single(splits: Mapping[Chosen, Split]) -> Build:
    """What comes out without any split."""
    return splits[NONE].build


@pytest.mark.parametrize("chosen", PLACES, ids=lambda c: "".join("01"[one] for one in c))
def test_every_image_lies_where_the_splits_say(
    splits: Mapping[Chosen, Split], chosen: Chosen
) -> None:
    build = splits[chosen].build
    files = {path.name: path for path in build.directory.iterdir()}
    beside, inside = PLACES[chosen]
    assert files.keys() == {"boot", "kernel.config", "manifest.json", *beside}
    members = initramfs_of(build)
    assert {"base", "net"} & members.keys() == inside
    images = {
        **{name: files[name].read_bytes() for name in beside - {"initramfs"}},
        **{name: members[name] for name in inside},
    }
    whole = splits[ALL].build.directory
    assert images == {name: (whole / name).read_bytes() for name in ("base", "net")}
    assert (set(build.beside), set(build.inside)) == (beside - {"initramfs"}, inside)


def initramfs_of(build: Build) -> Mapping[str, bytes]:
    """What is in the initramfs of a build, which is in one place, and said to be there."""
    assert build.kernel is not None
    followed = "initramfs" in (build.directory / "boot/config.txt").read_text()
    archive = embedded_initramfs(build.kernel)
    if build.initramfs is not None:
        assert archive is None
        assert followed
        return {path: member.content for path, member in read_initramfs(build.initramfs).items()}
    assert archive is not None
    assert not followed
    return {path: member.content for path, member in read_archive(archive)[0].items()}


def test_nothing_is_compiled_but_the_link(splits: Mapping[Chosen, Split]) -> None:
    assert "kernel" not in {step for split in splits.values() for step in split.ran}
    assert splits[NONE].ran == ["initramfs", "kernel-embed", "results", "layout", "inventory"]
    assert splits[(False, False, True)].ran == ["initramfs", "results", "layout", "inventory"]


@pytest.mark.boot
def test_it_boots_without_a_drive(single: Build, tmp_path: Path) -> None:
    guest = guest_of(single, Wish(cmdline="init=/bin/sh"), tmp_path / "medium")
    assert (guest.initramfs, guest.medium) == (None, None)
    with Console(guest, log=tmp_path / "console.log") as console:
        console.expect("bh-init: stack net:base", 120)
        console.expect("# ", 60)
        console.run("test -x /usr/sbin/dropbear")


def test_mrproper_takes_away_what_the_kernel_was_built_with(lab: Lab, single: Build) -> None:
    skip = lab.target / "skip.mrproper"
    skip.unlink()
    outcome = lab.build()
    skip.touch()
    assert outcome.status == 0, outcome.errors
    assert lab.checkpoints(outcome.steps_run(NAME)) == [
        "results",
        "layout",
        "inventory",
        "mrproper",
    ]
