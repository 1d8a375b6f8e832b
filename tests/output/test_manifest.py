"""`manifest.json`: complete or not there."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bh_container.output.manifest import (
    MANIFEST,
    BootFiles,
    Provenance,
    is_complete,
    write_manifest,
)

PROVENANCE = Provenance(
    target="tuple.box",
    date="20240229T000000Z",
    seed="seed",
    host_image="image",
    steps={"kernel": "key"},
    boot=BootFiles(target_tuple="tuple", kernel="kernel", initramfs="initramfs", images=("base",)),
)
TABLE = "base\tsys-apps/busybox-1.35\tstatic -pam \nbase\tsys-libs/musl-1\t\nnet\ta/b-2\tx\n"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    build = tmp_path / "build"
    (build / "boot").mkdir(parents=True)
    (build / "boot/kernel8.img").write_bytes(b"kernel")
    (build / "base").write_bytes(b"")
    return build


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    file = tmp_path / "packages.tsv"
    file.write_text(TABLE)
    return file


def written(build: Path, inventory: Path) -> dict[str, Any]:
    write_manifest(build, PROVENANCE, inventory)
    manifest: dict[str, Any] = json.loads((build / MANIFEST).read_text())
    return manifest


def test_what_it_says(build: Path, inventory: Path) -> None:
    manifest = written(build, inventory)
    assert manifest == {
        "format": 1,
        "target": "tuple.box",
        "date": "20240229T000000Z",
        "seed": "seed",
        "host_image": "image",
        "steps": {"kernel": "key"},
        "boot": {
            "target_tuple": "tuple",
            "kernel": "kernel",
            "initramfs": "initramfs",
            "images": ["base"],
            "inside": [],
        },
        "packages": {
            "base": [
                {"package": "sys-apps/busybox-1.35", "use": ["static", "-pam"]},
                {"package": "sys-libs/musl-1", "use": []},
            ],
            "net": [{"package": "a/b-2", "use": ["x"]}],
        },
        "files": {
            "base": {"sha256": hashlib.sha256(b"").hexdigest(), "size": 0},
            "boot/kernel8.img": {"sha256": hashlib.sha256(b"kernel").hexdigest(), "size": 6},
        },
        "complete": True,
    }


def test_it_makes_a_build_complete(build: Path, inventory: Path) -> None:
    assert not is_complete(build)
    write_manifest(build, PROVENANCE, inventory)
    assert is_complete(build)
    assert {path.name for path in build.iterdir()} == {"boot", "base", MANIFEST}


def test_written_twice_it_does_not_describe_itself(build: Path, inventory: Path) -> None:
    first = written(build, inventory)
    (build / "manifest.new").write_text("{")
    assert written(build, inventory) == first


def test_a_build_without_packages(build: Path, inventory: Path) -> None:
    inventory.write_text("")
    assert written(build, inventory)["packages"] == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "true",
        "{}",
        '{"complete": false}',
        '{"complete": "true"}',
        '{"complete": 1}',
        '{"complete": tru',
    ],
)
def test_what_is_not_complete(build: Path, text: str) -> None:
    (build / MANIFEST).write_text(text)
    assert not is_complete(build)


def test_no_directory_and_no_text_are_not_complete(tmp_path: Path, build: Path) -> None:
    assert not is_complete(tmp_path / "missing")
    (build / MANIFEST).write_bytes(b"\xff\xfe")
    assert not is_complete(build)
    (build / MANIFEST).unlink()
    (build / MANIFEST).mkdir()
    assert not is_complete(build)


class Crash(BaseException):
    """The machine stops."""


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_it_is_never_half_written(
    build: Path, inventory: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def crash(*_: object) -> None:
        assert not (build / MANIFEST).exists()
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(call, crash)
        with pytest.raises(Crash):
            write_manifest(build, PROVENANCE, inventory)
    assert not (build / MANIFEST).exists()
    assert set(written(build, inventory)["files"]) == {"base", "boot/kernel8.img"}


def test_an_inventory_that_is_missing_completes_nothing(build: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_manifest(build, PROVENANCE, tmp_path / "missing")
    assert not is_complete(build)
