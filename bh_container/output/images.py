"""The images of a build as files, wherever the build has them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bh_container.errors import BhError
from bh_container.output.build import Build
from bh_container.output.cpio import read_initramfs
from bh_container.output.kernel_image import embedded_initramfs


@contextmanager
def image_files(build: Build, names: Iterable[str]) -> Iterator[list[Path]]:
    """The file of each image; those of images inside of the initramfs are there for a while.

    Raises BhError where the initramfs is part of a kernel that only the kernel can unpack.
    """
    wanted = list(names)
    with TemporaryDirectory(prefix="bh-images-") as scratch:
        if inside := set(wanted) & set(build.inside):
            members = read_initramfs(initramfs_file(build, Path(scratch, "initramfs")))
            for name in inside:
                Path(scratch, name).write_bytes(members[name].content)
        yield [Path(scratch if name in inside else build.directory, name) for name in wanted]


def initramfs_file(build: Build, place: Path) -> Path:
    """The build's initramfs; where that is part of the kernel, a copy of it at `place`."""
    if build.initramfs is not None:
        return build.initramfs
    archive = embedded_initramfs(build.kernel) if build.kernel else None
    if archive is None:
        raise BhError(
            f"{build.directory}: its initramfs is in the kernel, where only the kernel finds it",
            remedy="choose gzip, xz or zstd for the kernel (CONFIG_KERNEL_*), or split.initramfs",
        )
    place.write_bytes(archive)
    return place
