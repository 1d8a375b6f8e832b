"""The eight combinations of split.base, split.extra and split.initramfs: which files come out."""

from collections.abc import Mapping
from itertools import product

import pytest

from bh_container.config.placement import placement_of
from bh_container.config.target import load_target
from tests.shipped import Shipped

KERNEL = "boot/kernel8.img"
SPLITS = ("split.base", "split.extra", "split.initramfs")
LIBRARIES = ["libc", "libcrypt", "libm", "libatomic", "libcrypto", "libssl", "rdmsr", "wrmsr"]
# base, extra, initramfs: what lies beside the kernel.
FILES: Mapping[tuple[bool, ...], list[str]] = {
    (True, True, True): ["initramfs", "base", "net"],
    (True, False, True): ["initramfs", "base"],
    (False, True, True): ["initramfs", "net"],
    (False, False, True): ["initramfs"],
    (True, True, False): ["base", "net"],
    (True, False, False): ["base"],
    (False, True, False): ["net"],
    (False, False, False): [],
}


def with_splits(shipped: Shipped, chosen: tuple[bool, ...]) -> dict[str, dict[str, str]]:
    """The variables of each step, in the order of the steps."""
    for name, split in zip(SPLITS, chosen, strict=True):
        (shipped.directory / name).unlink(missing_ok=True)
        if split:
            (shipped.directory / name).touch()
    return {step.name: step.variables for step in shipped.plans().target}


@pytest.mark.parametrize("chosen", list(product((True, False), repeat=3)))
def test_the_files_of_a_build(shipped: Shipped, chosen: tuple[bool, ...]) -> None:
    plan = with_splits(shipped, chosen)
    files = [file.rpartition("/")[2] for file in plan["results"]["BH_FILES"].split()]
    assert files == FILES[chosen]
    beside = [name for name in files if name != "initramfs"]
    inside = plan["initramfs"]["BH_IMAGES"].split()
    assert sorted([*beside, *inside]) == ["base", "net"], "each image lies in one place"
    assert plan["layout"]["BH_KERNEL_IMAGE"] == KERNEL
    embedded = "initramfs" not in files
    assert ("kernel-embed" in plan) == embedded
    assert plan["layout"]["BH_KERNEL"] == ("kernel-embedded" if embedded else "kernel")
    assert plan["initramfs"]["BH_PACK"].split()[0] == ("cat" if embedded else "gzip")
    libraries = plan["initramfs"]["BH_LIBRARIES"].split()
    assert libraries == ([] if embedded else LIBRARIES)
    # config.txt has the firmware load the file that is there, and no other.
    assert ("initramfs" in plan["layout"]["BH_FOLLOWING"]) != embedded


def test_the_order_when_all_is_one_file(shipped: Shipped) -> None:
    names = list(with_splits(shipped, (False, False, False)))
    order = ["kernel", "box", "modules", "squashfs:base", "squashfs:net", "initramfs"]
    wanted = [*order, "kernel-embed", "results", "layout", "inventory", "mrproper"]
    assert [name for name in names if name in wanted] == wanted


def test_another_image_compiles_no_kernel_again(shipped: Shipped) -> None:
    """The kernel is built once; the initramfs is linked into it at the end."""
    with_splits(shipped, (True, True, True))
    before = {step.name: step.key for step in shipped.plans().target}
    with_splits(shipped, (False, False, False))
    after = {step.name: step.key for step in shipped.plans().target}
    assert before["kernel"] == after["kernel"]
    assert before["squashfs:net"] == after["squashfs:net"]
    assert before["initramfs"] != after["initramfs"]


def test_a_kernel_that_is_built_already_takes_no_initramfs_in(shipped: Shipped) -> None:
    (shipped.directory / "linux.config").unlink()
    (shipped.directory / "worlds/kernel").write_text("sys-kernel/raspberrypi-image\n")
    plan = with_splits(shipped, (False, True, False))
    assert plan["results"]["BH_FILES"] == "initramfs image/net"
    assert plan["layout"]["BH_KERNEL"] == "kernel"
    assert not placement_of(shipped.target()).embedded


def test_on_m68k_nothing_is_compressed(shipped: Shipped) -> None:
    m68k = shipped.directory.rename(shipped.configs / "m68k-unknown-linux-musl.mini")
    make_conf = m68k / "target-portage/make.conf"
    text = make_conf.read_text().replace("aarch64-unknown-linux-musl", "m68k-unknown-linux-musl")
    make_conf.write_text(text)
    assert not placement_of(load_target(m68k)).compressed
