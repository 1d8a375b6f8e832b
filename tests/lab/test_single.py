"""Everything in one file: the kernel holds the initramfs, and that holds the images."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.output.boot import Console
from bh_container.output.build import Build
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import NAME, FirstBuild, Lab, Outcome

pytestmark = pytest.mark.lab

SPLITS = ("split.base", "split.extra", "split.initramfs")
EVERY_RUN = {"configuration", "kernel-prepare"}


@pytest.fixture(scope="module")
def outcome(lab: Lab, first_build: FirstBuild) -> Iterator[Outcome]:
    """A build of the same target without any split; the kernel that is compiled already is used."""
    assert lab.build().status == 0
    for name in SPLITS:
        (lab.target / name).unlink()
    yield lab.build()
    for name in SPLITS:
        (lab.target / name).touch()


@pytest.fixture(scope="module")
def single(lab: Lab, outcome: Outcome) -> Build:
    """What came out of it."""
    assert outcome.status == 0, outcome.errors
    return lab.result()


def test_no_image_lies_beside_the_kernel(single: Build) -> None:
    files = {path.name for path in single.directory.iterdir()}
    assert files == {"boot", "kernel.config", "manifest.json"}
    assert (single.initramfs, single.beside) == (None, ())
    assert "initramfs" not in (single.directory / "boot/config.txt").read_text()


def test_nothing_was_compiled_but_the_link(outcome: Outcome) -> None:
    ran = [step for step in outcome.steps_run(NAME) if step not in EVERY_RUN]
    assert ran == ["initramfs", "kernel-embed", "results", "layout", "inventory"]


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
    ran = [step for step in outcome.steps_run(NAME) if step not in EVERY_RUN]
    assert ran == ["results", "layout", "inventory", "mrproper"]
