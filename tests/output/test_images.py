"""Images where the splits of a target put them: beside the kernel, or inside of it."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.output.build import Build, read_build
from bh_container.output.check import lay_out
from bh_container.output.config_image import pack_config, shadows_of
from bh_container.output.images import image_files
from tests.output.archive import cpio
from tests.output.tree import make_build

TREES = {"base": {"etc/motd": "base"}, "net": {"etc/motd": "net"}}


@pytest.fixture
def beside(tmp_path: Path) -> Build:
    return read_build(make_build(tmp_path / "build", TREES))


def swallowed(build: Build, *, by_kernel: bool) -> Build:
    """The same build with `base` in its initramfs, and that in its kernel."""
    assert build.kernel and build.initramfs
    base = build.directory / "base"
    archive = gzip.compress(cpio({"init": b"", "base": base.read_bytes()}))
    base.unlink()
    if not by_kernel:
        build.initramfs.write_bytes(archive)
        return replace(build, inside=("base",))
    build.initramfs.unlink()
    build.kernel.write_bytes(b"MZ" + archive + b"more")
    return replace(build, inside=("base",), initramfs=None)


@pytest.mark.parametrize("by_kernel", [False, True])
def test_an_image_inside_is_as_good_as_one_beside(
    beside: Build, tmp_path: Path, by_kernel: bool
) -> None:
    before = [(beside.directory / name).read_bytes() for name in ("net", "base")]
    build = swallowed(beside, by_kernel=by_kernel)
    with image_files(build, ["net", "base"]) as files:
        assert [file.read_bytes() for file in files] == before
    root = lay_out(build, ("net",), tmp_path / "none", tmp_path / "root")
    assert root.lines("/etc/motd") == ["net"]
    assert root.initramfs is not None
    pack_config(root.directory, tmp_path / "config")
    found = shadows_of(tmp_path / "config", build, ())
    assert [(one.path, one.image) for one in found] == [("etc/motd", "base")]


def test_a_kernel_that_nobody_can_look_into(beside: Build, tmp_path: Path) -> None:
    build = swallowed(beside, by_kernel=True)
    assert build.kernel is not None
    build.kernel.write_bytes(b"nothing to see")
    with pytest.raises(BhError, match="only the kernel finds it"), image_files(build, ["base"]):
        pass
    with image_files(build, ["net"]) as files:
        assert files == [build.directory / "net"]
    stacked = replace(build, images=("net",))
    assert lay_out(stacked, (), tmp_path / "none", tmp_path / "root").initramfs is None
