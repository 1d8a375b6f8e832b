"""Which modules an initramfs gets, and what modprobe finds there."""

import gzip
import lzma
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bh_container.steps.inside.modules import closure, main, name_of, read_index

RELEASE = "6.1.0-test"
DEP = """\
kernel/fs/overlayfs/overlay.ko.xz: kernel/fs/exportfs/exportfs.ko.xz
kernel/fs/exportfs/exportfs.ko.xz:
kernel/fs/fat/vfat.ko: kernel/fs/fat/fat.ko
kernel/fs/fat/fat.ko:
kernel/fs/ext4/ext4.ko.gz: kernel/lib/crc16.ko kernel/fs/jbd2/jbd2.ko
kernel/fs/jbd2/jbd2.ko:
kernel/lib/crc16.ko:
kernel/crypto/crc32c_generic.ko:
kernel/drivers/virtio/virtio_blk.ko: kernel/drivers/virtio/virtio_ring.ko
kernel/drivers/virtio/virtio_ring.ko:
kernel/fs/nls/nls_cp437.ko:
kernel/drivers/usb/usb-storage.ko:
kernel/sound/snd.ko:
"""
FILES: Mapping[str, str] = {
    "modules.dep": DEP,
    "modules.softdep": "# made by depmod\nsoftdep ext4 pre: crc32c\nsoftdep snd post: vfat\n",
    "modules.alias": (
        "# made by depmod\nalias crc32c crc32c_generic\nalias fs-vfat vfat\nalias pci:v1* snd\n"
    ),
    "modules.symbols": "alias symbol:crc16 crc16\nalias symbol:snd_new snd\n",
    "modules.builtin": "kernel/fs/squashfs/squashfs.ko\n",
    "modules.order": "kernel/sound/snd.ko\n",
}

PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    ".ko": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """`lib/modules` of a kernel with one release; a module's content is its name."""
    release = tmp_path / "from" / RELEASE
    for line in DEP.splitlines():
        file = release / line.partition(":")[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        content = name_of(file.name).encode()
        file.write_bytes(PACKED[file.suffix](content))
    for name, text in FILES.items():
        (release / name).write_text(text)
    return release.parent


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["overlay"], {"overlay", "exportfs"}),
        (["vfat", "fat"], {"vfat", "fat"}),
        (["ext4"], {"ext4", "jbd2", "crc16", "crc32c_generic"}),
        (["virtio_blk"], {"virtio_blk", "virtio_ring"}),
        (["usb-storage"], {"usb_storage"}),
        (["usb_storage"], {"usb_storage"}),
        (["squashfs"], set()),
        (["nonsense"], set()),
        ([], set()),
    ],
)
def test_a_module_brings_what_it_needs(source: Path, wanted: list[str], expected: set[str]) -> None:
    assert closure(read_index(source / RELEASE), wanted) == expected


def test_what_is_copied_is_complete_and_not_compressed(source: Path, tmp_path: Path) -> None:
    main(str(source), str(tmp_path / "to"), "overlay", "ext4", "squashfs")
    release = tmp_path / "to" / RELEASE
    copied = {path.name: path.read_bytes() for path in release.rglob("*.ko*")}
    names = ["crc16", "crc32c_generic", "exportfs", "ext4", "jbd2", "overlay"]
    assert copied == {f"{name}.ko": name.encode() for name in names}
    assert (release / "modules.dep").read_text().splitlines() == [
        "kernel/crypto/crc32c_generic.ko:",
        "kernel/fs/exportfs/exportfs.ko:",
        "kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko kernel/fs/jbd2/jbd2.ko",
        "kernel/fs/jbd2/jbd2.ko:",
        "kernel/fs/overlayfs/overlay.ko: kernel/fs/exportfs/exportfs.ko",
        "kernel/lib/crc16.ko:",
    ]
    assert (release / "modules.alias").read_text() == "alias crc32c crc32c_generic\n"
    assert (release / "modules.symbols").read_text() == "alias symbol:crc16 crc16\n"
    assert (release / "modules.softdep").read_text() == "softdep ext4 pre: crc32c\n"
    assert (release / "modules.builtin").read_text() == FILES["modules.builtin"]
    assert closure(read_index(release), ["overlay", "ext4"]) == {*names}


@pytest.mark.parametrize("wanted", ["squashfs", "nonsense"])
def test_a_kernel_with_all_built_in_gets_no_directory(
    source: Path, tmp_path: Path, wanted: str
) -> None:
    main(str(source), str(tmp_path / "to"), wanted)
    assert not (tmp_path / "to").exists()


def test_a_kernel_without_modules(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    main(str(tmp_path / "from"), str(tmp_path / "to"), "overlay")
    assert not (tmp_path / "to").exists()


def test_every_release_has_its_own(source: Path, tmp_path: Path) -> None:
    (source / RELEASE).rename(source / "1.0")
    (source / "2.0").mkdir()
    (source / "2.0/modules.dep").write_text("kernel/vfat.ko:\n")
    (source / "2.0/kernel").mkdir()
    (source / "2.0/kernel/vfat.ko").touch()
    main(str(source), str(tmp_path / "to"), "vfat")
    found = sorted(path.relative_to(tmp_path / "to") for path in tmp_path.glob("to/*/**/*.ko"))
    assert list(map(str, found)) == [
        "1.0/kernel/fs/fat/fat.ko",
        "1.0/kernel/fs/fat/vfat.ko",
        "2.0/kernel/vfat.ko",
    ]
