"""Files in real images and containers: archives, layers, mounts, and what survives a commit."""

import os
import stat
import subprocess
import tarfile
import uuid
from copy import copy
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import (
    Bind,
    ContainerSpec,
    EngineError,
    Mount,
    Overlay,
    Tmpfs,
)
from tests.conftest import cannot, member

pytestmark = pytest.mark.podman

CAPABILITY = "security.capability"
NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")
"""`cap_net_raw=ep` as the kernel keeps it: struct vfs_cap_data, capabilities(7)."""


@pytest.fixture
def labels(session_label: str) -> dict[str, str]:
    key, _, value = session_label.partition("=")
    return {key: value}


def new_reference() -> str:
    return f"localhost/bh-container/test/{uuid.uuid4().hex}:1"


def create(engine: PodmanEngine, image: str, *mounts: Mount, start: bool = True) -> str:
    name = f"bh-test-{uuid.uuid4().hex}"
    engine.create_container(ContainerSpec(name=name, image=image, mounts=mounts))
    if start:
        engine.start_container(name)
    return name


def shell(engine: PodmanEngine, name: str, script: str) -> str:
    parts: list[bytes] = []
    status = engine.execute(name, ["sh", "-ec", script], output=parts.append)
    output = b"".join(parts).decode()
    assert status == 0, output
    return output


@pytest.mark.parametrize("program", ["cat", "gzip", "xz", "zstd", "bzip2"])
def test_compressed_archives(
    podman_engine: PodmanEngine,
    busybox_archive: Path,
    labels: dict[str, str],
    tmp_path: Path,
    program: str,
) -> None:
    packed = tmp_path / "root.packed"
    try:
        with packed.open("wb") as file, busybox_archive.open("rb") as plain:
            subprocess.run([program], check=True, stdin=plain, stdout=file)
    except FileNotFoundError:
        cannot(f"there is no {program}")
    reference = new_reference()
    podman_engine.import_image(packed, reference, labels=labels)
    assert shell(podman_engine, create(podman_engine, reference), "echo works") == "works\n"
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    with pytest.raises(EngineError):
        podman_engine.import_image(packed, new_reference(), labels=labels)


@pytest.mark.parametrize("content", [None, b"", b"this is no archive" * 1000])
def test_what_is_no_archive_is_refused(
    podman_engine: PodmanEngine, labels: dict[str, str], tmp_path: Path, content: bytes | None
) -> None:
    archive, reference = tmp_path / "archive", new_reference()
    if content is not None:
        archive.write_bytes(content)
    with pytest.raises(EngineError):
        podman_engine.import_image(archive, reference, labels=labels)
    assert podman_engine.image(reference) is None


def test_an_interrupted_upload_leaves_no_image(
    podman_engine: PodmanEngine, busybox_archive: Path, labels: dict[str, str]
) -> None:
    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    reference = new_reference()
    before = len(podman_engine.images("=".join(*labels.items())))
    with pytest.raises(KeyboardInterrupt):
        podman_engine.import_image(busybox_archive, reference, labels=labels, progress=interrupt)
    assert podman_engine.image(reference) is None
    assert len(podman_engine.images("=".join(*labels.items()))) == before


def test_metadata_survives_import_and_commit(
    podman_engine: PodmanEngine, labels: dict[str, str], tmp_path: Path
) -> None:
    archive, first, second = tmp_path / "root.tar", new_reference(), new_reference()
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(member(".", tarfile.DIRTYPE))
        file = member("ping", tarfile.REGTYPE)
        file.uid, file.gid, file.mode, file.mtime = 250, 251, 0o4711, 1_000_000_000
        file.pax_headers = {
            f"SCHILY.xattr.{CAPABILITY}": NET_RAW.decode("utf-8"),
            "SCHILY.xattr.user.note": "kept",
        }
        tar.addfile(file)
        # Like every tar(1), with the metadata of the file itself: Podman sets it once more.
        link = copy(file)
        link.name, link.type, link.linkname = "again", tarfile.LNKTYPE, "ping"
        tar.addfile(link)
    podman_engine.import_image(archive, first, labels=labels)
    check_ping(podman_engine.mount(create(podman_engine, first, start=False)))
    middle = create(podman_engine, first, start=False)
    (podman_engine.mount(middle) / "other").touch()
    podman_engine.commit(middle, second, labels={})
    check_ping(podman_engine.mount(create(podman_engine, second, start=False)))


def check_ping(root: Path) -> None:
    seen = (root / "ping").stat()
    assert (seen.st_uid, seen.st_gid, stat.S_IMODE(seen.st_mode)) == (250, 251, 0o4711)
    assert seen.st_mtime == 1_000_000_000
    assert seen.st_ino == (root / "again").stat().st_ino
    assert os.getxattr(root / "ping", CAPABILITY) == NET_RAW
    assert os.getxattr(root / "ping", "user.note") == b"kept"


def test_new_metadata_survives_a_commit(
    podman_engine: PodmanEngine, busybox_image: str, labels: dict[str, str]
) -> None:
    working, reference = create(podman_engine, busybox_image, start=False), new_reference()
    root = podman_engine.mount(working)
    (root / "ping").touch()
    os.chown(root / "ping", 250, 251)
    (root / "ping").chmod(0o4711)
    os.utime(root / "ping", (1_000_000_000, 1_000_000_000))
    os.setxattr(root / "ping", CAPABILITY, NET_RAW)
    os.setxattr(root / "ping", "user.note", b"kept")
    (root / "again").hardlink_to(root / "ping")
    podman_engine.commit(working, reference, labels=labels)
    check_ping(podman_engine.mount(create(podman_engine, reference, start=False)))


def test_a_working_container_is_a_volume_of_a_running_one(
    podman_engine: PodmanEngine, busybox_image: str, labels: dict[str, str], tmp_path: Path
) -> None:
    """The sysroot volume: written to from inside, committed, whiteouts and all, thrown away."""
    archive, empty = tmp_path / "empty.tar", new_reference()
    with tarfile.open(archive, "w") as tar:
        for name in (".", "old", "old/inner", "kept"):
            tar.addfile(member(name, tarfile.DIRTYPE))
    podman_engine.import_image(archive, empty, labels=labels)
    working = create(podman_engine, empty, start=False)
    root = podman_engine.mount(working)
    builder = create(podman_engine, busybox_image, Bind(source=root, destination="/usr/T"))
    shell(podman_engine, builder, "cd /usr/T; echo new > new; rm -r old; mkdir kept/deep")
    assert (root / "new").read_text() == "new\n"
    reference = new_reference()
    podman_engine.commit(working, reference, labels={})
    shell(podman_engine, builder, "echo later > /usr/T/later")
    result = podman_engine.mount(create(podman_engine, reference, start=False))
    assert sorted(p.name for p in result.iterdir()) == ["kept", "new"]
    assert (result / "kept/deep").is_dir()
    before = podman_engine.mount(create(podman_engine, empty, start=False))
    assert sorted(p.name for p in before.iterdir()) == ["kept", "old"]
    podman_engine.remove_container(working)
    assert not root.exists()


def test_an_unmounted_volume_comes_back_at_the_same_path(
    podman_engine: PodmanEngine, busybox_image: str
) -> None:
    working = create(podman_engine, busybox_image, start=False)
    root = podman_engine.mount(working)
    (root / "new").touch()
    podman_engine.unmount(working)
    assert not root.is_mount()
    assert podman_engine.mount(working) == root
    assert (root / "new").exists()
    # Like a reboot in the middle: the mount is gone, and nobody told Podman.
    subprocess.run(["umount", "--lazy", root], check=True)
    assert podman_engine.mount(working) == root
    assert (root / "new").exists()


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    lower, upper, work = (tmp_path / name for name in ("lower", "upper", "work"))
    for directory in (lower, upper, work):
        directory.mkdir()
    (lower / "file").write_text("lower\n")
    (lower / "gone").touch()
    return Overlay(lower=lower, upper=upper, work=work, destination="/usr/T/packages")


def test_an_overlay_keeps_its_upper_and_never_writes_its_lower(
    podman_engine: PodmanEngine, busybox_image: str, overlay: Overlay
) -> None:
    name = create(podman_engine, busybox_image, overlay)
    where = overlay.destination
    shell(podman_engine, name, f"cd {where}; cat file; echo upper > file; rm gone; touch new")
    podman_engine.stop_container(name)
    assert sorted(path.name for path in overlay.lower.iterdir()) == ["file", "gone"]
    assert (overlay.lower / "file").read_text() == "lower\n"
    assert (overlay.upper / "file").read_text() == "upper\n"
    podman_engine.start_container(name)
    assert shell(podman_engine, name, f"cd {where}; echo *; cat file") == "file new\nupper\n"
    podman_engine.remove_container(name)
    second = create(podman_engine, busybox_image, overlay)
    assert shell(podman_engine, second, f"cd {where}; echo *; cat file") == "file new\nupper\n"
    assert (overlay.lower / "gone").exists()


@pytest.mark.parametrize("inner_first", [False, True])
def test_nested_mounts_do_not_cover_each_other(
    podman_engine: PodmanEngine,
    busybox_image: str,
    overlay: Overlay,
    tmp_path: Path,
    inner_first: bool,
) -> None:
    outer, distfiles = tmp_path / "outer", tmp_path / "distfiles"
    for directory in (outer / "packages", outer / "tmp", distfiles):
        directory.mkdir(parents=True)
    mounts: list[Mount] = [
        Bind(source=outer, destination="/usr/T"),
        overlay,
        Tmpfs(destination="/usr/T/tmp", options="size=1M,mode=1777"),
        Bind(source=distfiles, destination="/usr/T/packages/distfiles", read_only=True),
    ]
    (overlay.lower / "distfiles").mkdir()
    if inner_first:
        mounts.reverse()
    name = create(podman_engine, busybox_image, *mounts)
    script = (
        "cd /usr/T; touch outer packages/inner tmp/lost; "
        "! touch packages/distfiles/refused 2>/dev/null; cat packages/file"
    )
    assert shell(podman_engine, name, script) == "lower\n"
    assert sorted(p.name for p in outer.iterdir()) == ["outer", "packages", "tmp"]
    assert (overlay.upper / "inner").exists()
    assert not list((outer / "packages").iterdir())
    assert not list((outer / "tmp").iterdir())
    assert not list(distfiles.iterdir())


def test_a_tmpfs_has_its_size_and_runs_programs(
    podman_engine: PodmanEngine, busybox_image: str
) -> None:
    mount = Tmpfs(destination="/usr/portage", options="size=3M,mode=0775")
    name = create(podman_engine, busybox_image, mount)
    script = "cd /usr/portage; cp /bin/busybox .; ./busybox echo runs; stat -c %a ."
    assert shell(podman_engine, name, script) == "runs\n775\n"
    fill = "dd if=/dev/zero of=/usr/portage/big bs=1M count=9 2>&1"
    assert podman_engine.execute(name, ["sh", "-c", fill]) != 0


def test_mounts_are_not_part_of_a_commit(
    podman_engine: PodmanEngine, busybox_image: str, overlay: Overlay, tmp_path: Path
) -> None:
    (tmp_path / "bound").mkdir()
    bind = Bind(source=tmp_path / "bound", destination="/bound")
    name, reference = create(podman_engine, busybox_image, overlay, bind), new_reference()
    shell(podman_engine, name, "touch /bound/a /usr/T/packages/b /root-file")
    podman_engine.commit(name, reference, labels={})
    root = podman_engine.mount(create(podman_engine, reference, start=False))
    assert (root / "root-file").exists()
    assert not (root / "bound/a").exists()
    assert not (root / "usr/T/packages/b").exists()
