"""A snapshot leaves one project and comes back in another, whole or not at all."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.choices import HistType
from bh_container.errors import BhError
from bh_container.events import Note, Transfer
from bh_container.history.archives import Damaged
from bh_container.history.shelf import Shelf
from bh_container.history.snapshot import HOST, Snapshot
from bh_container.run import export, restore
from bh_container.run.build import build
from bh_container.run.export import export_snapshot
from bh_container.run.journal import Journal
from bh_container.run.lock import Busy, exclusive
from bh_container.run.restore import import_snapshot
from bh_container.run.snapshot import TRANSFER
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Stage, open_stage
from tests.run.test_build import project, wanted
from tests.run.test_snapshot import change
from tests.run.test_target import from_step

__all__ = ["project"]

EVERY_FILE = {"manifest.json", "host.sqfs", f"{BOX}.sqfs", f"{BOX}.binpkgs.sqfs"}


class Crash(BaseException):
    """The machine stops."""


@pytest.fixture
def snapshot(stage: Stage, project: Path) -> Snapshot:
    """The snapshot of a build."""
    build(stage.shop, wanted(project, BOX))
    (taken,) = Shelf(stage.project.history).all()
    return taken


@pytest.fixture
def other(stage: Stage, project: Path, tmp_path: Path) -> Stage:
    """The same project on another machine, where nothing was ever built."""
    other = open_stage(tmp_path / "other")
    shutil.rmtree(other.project.configs)
    shutil.copytree(project, other.project.configs, symlinks=True)
    other.settings = stage.settings
    return other


def exported(stage: Stage, kind: HistType = HistType.SQUASHFS) -> Path:
    stage.settings = replace(stage.settings, hist_type=kind)
    return stage.project.history / export_snapshot(stage.shop, "newest").id


def rebuilt(other: Stage) -> list[str]:
    """The steps that a build on the other machine runs."""
    other.crew.revive()
    build(other.shop, wanted(other.project.configs, BOX))
    return other.crew.ran


def test_what_an_export_leaves(stage: Stage, snapshot: Snapshot) -> None:
    directory = exported(stage)
    assert {path.name for path in directory.iterdir()} == EVERY_FILE
    manifest = json.loads((directory / "manifest.json").read_text())
    for name, archive in manifest["archives"].items():
        assert archive["size"] == (directory / f"{name}.sqfs").stat().st_size
    assert stage.engine.containers() == ()
    assert any(isinstance(event, Transfer) for event in stage.events)
    note = stage.events[-1]
    assert isinstance(note, Note)
    assert str(directory) in note.text


def test_what_is_exported_is_not_exported_again(stage: Stage, snapshot: Snapshot) -> None:
    directory = exported(stage)
    before = {path: path.stat().st_ino for path in directory.glob("*.sqfs")}
    exported(stage)
    assert {path: path.stat().st_ino for path in directory.glob("*.sqfs")} == before
    (directory / "host.sqfs").write_text("cut")
    exported(stage)
    assert (directory / "host.sqfs").stat().st_size > 3


def test_another_kind_takes_the_place_of_the_first(stage: Stage, snapshot: Snapshot) -> None:
    exported(stage)
    directory = exported(stage, HistType.FILES)
    assert not list(directory.glob("*.sqfs"))
    assert (directory / BOX / "work/trace").is_file()
    assert (directory / f"{BOX}.binpkgs/Packages").is_file()


def test_a_build_exports_where_the_setting_says_so(stage: Stage, project: Path) -> None:
    stage.settings = replace(stage.settings, export=True)
    build(stage.shop, wanted(project, BOX))
    (taken,) = Shelf(stage.project.history).all()
    assert taken.exported


def test_a_build_is_good_where_somebody_else_is_at_the_exports(stage: Stage, project: Path) -> None:
    stage.settings = replace(stage.settings, export=True)
    with exclusive("another", stage.shop.lock(TRANSFER)):
        build(stage.shop, wanted(project, BOX))
    (taken,) = Shelf(stage.project.history).all()
    assert not taken.exported
    note = stage.events[-1]
    assert isinstance(note, Note)
    assert f"history export {taken.id}" in note.text


def test_one_at_a_time(stage: Stage, snapshot: Snapshot) -> None:
    with exclusive("another", stage.shop.lock(TRANSFER)), pytest.raises(Busy):
        exported(stage)


@pytest.mark.parametrize("kind", HistType)
def test_a_machine_with_nothing_goes_on(
    stage: Stage, snapshot: Snapshot, other: Stage, kind: HistType
) -> None:
    directory = exported(stage, kind)
    imported = import_snapshot(other.shop, directory)
    assert imported.id == snapshot.id
    assert imported.project == other.shop.identity != snapshot.project
    assert imported.archives == {}
    assert other.project.lock.read_text() == snapshot.lock == stage.project.lock.read_text()
    assert rebuilt(other) == from_step("results")
    shutil.rmtree(other.project.builds)
    shutil.copytree(stage.project.builds, other.project.builds)
    import_again = import_snapshot(other.shop, directory)
    assert import_again == imported
    packages = other.project.binpkgs(BOX)
    assert (packages / "sys-apps/busybox/busybox-1-1.gpkg.tar").read_text() == "binary"


def test_with_its_builds_it_has_nothing_to_do(
    stage: Stage, snapshot: Snapshot, other: Stage
) -> None:
    directory = exported(stage)
    shutil.copytree(stage.project.builds, other.project.builds)
    import_snapshot(other.shop, directory)
    assert rebuilt(other) == []
    assert Shelf(other.project.history).ids() == (snapshot.id,)
    change(other.project.configs, BOX)
    assert rebuilt(other) == [name.replace(":", "-") for name in from_step("kernel")]


def test_the_same_project_without_its_images_and_volumes(
    stage: Stage, snapshot: Snapshot, tmp_path: Path
) -> None:
    exported(stage)
    shutil.rmtree(stage.project.volumes)
    stage.engine = FakeEngine(tmp_path / "empty")
    stage.engine.answer = stage.crew
    imported = import_snapshot(stage.shop, stage.project.history / snapshot.id)
    assert imported.exported
    assert imported.project == stage.shop.identity != snapshot.project
    assert rebuilt(stage) == []


def test_a_target_that_has_a_run_keeps_it(
    stage: Stage, snapshot: Snapshot, other: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = exported(stage)
    monkeypatch.setattr(Shelf, "new_id", lambda _: "20990101T000000Z")
    build(other.shop, wanted(other.project.configs, BOX))
    before = other.shop.journal(BOX).read()
    import_snapshot(other.shop, directory)
    assert other.shop.journal(BOX).read() == before
    note = other.events[-1]
    assert isinstance(note, Note)
    assert f"build --from {snapshot.id}" in note.text
    assert len(Shelf(other.project.history).ids()) == 2


def test_an_open_run_is_not_overtaken(stage: Stage, snapshot: Snapshot, other: Stage) -> None:
    directory = exported(stage)
    other.crew.fail_at("world")
    with pytest.raises(BhError):
        build(other.shop, wanted(other.project.configs, BOX))
    other.crew.revive()
    other.crew.fail_at("kernel")
    with pytest.raises(BhError):
        build(other.shop, wanted(other.project.configs, BOX))
    with pytest.raises(BhError, match="not complete"):
        import_snapshot(other.shop, directory)


Damage = Callable[[Path], Path]


def flipped(directory: Path) -> Path:
    file = directory / f"{BOX}.sqfs"
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content)
    return file


def cut(directory: Path) -> Path:
    file = directory / f"{BOX}.binpkgs.sqfs"
    file.write_bytes(file.read_bytes()[:-1])
    return file


def missing(directory: Path) -> Path:
    (directory / "host.sqfs").unlink()
    return directory / "host.sqfs"


def changed_file(directory: Path) -> Path:
    (directory / BOX / "work/trace").write_text("other")
    return directory / BOX / "work/trace"


def another_file(directory: Path) -> Path:
    (directory / HOST / "new").touch()
    return directory / HOST / "new"


def changed_mode(directory: Path) -> Path:
    (directory / f"{BOX}.binpkgs/Packages").chmod(0o600)
    return directory / f"{BOX}.binpkgs/Packages"


def changed_listing(directory: Path) -> Path:
    with (directory / "host.listing").open("a") as file:
        file.write("\n")
    return directory / "host.listing"


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        *((HistType.SQUASHFS, damage) for damage in (flipped, cut, missing)),
        *((HistType.FILES, one) for one in (changed_file, another_file, changed_mode)),
        (HistType.FILES, changed_listing),
    ],
)
def test_what_is_damaged_is_refused_by_name_and_nothing_is_imported(
    stage: Stage, snapshot: Snapshot, other: Stage, kind: HistType, damage: Damage
) -> None:
    directory = exported(stage, kind)
    file = damage(directory)
    with pytest.raises(Damaged) as error:
        import_snapshot(other.shop, directory)
    assert error.value.file == file
    assert str(file) in str(error.value)
    assert other.engine.images() == ()
    assert Shelf(other.project.history).ids() == ()
    assert not other.project.binpkgs(BOX).exists()
    assert not other.project.journal_file(BOX).exists()


def test_what_is_no_export(stage: Stage, snapshot: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(BhError, match="is not exported"):
        import_snapshot(stage.shop, stage.project.history / snapshot.id)
    with pytest.raises(BhError, match="No such file"):
        import_snapshot(stage.shop, tmp_path)


def test_another_snapshot_of_the_same_id(stage: Stage, snapshot: Snapshot, other: Stage) -> None:
    directory = exported(stage)
    parts = {HOST: replace(snapshot.parts[HOST], steps={})}
    Shelf(other.project.history).put(replace(snapshot, parts=parts))
    with pytest.raises(BhError, match="another snapshot"):
        import_snapshot(other.shop, directory)


CUTS: dict[str, tuple[object, str, int]] = {
    "at once": (restore, "check_archive", 1),
    "first image": (FakeEngine, "import_stream", 1),
    "second image": (FakeEngine, "import_stream", 2),
    "named": (FakeEngine, "tag_image", 2),
    "on the shelf": (Shelf, "put", 1),
    "packages": (restore, "unpack", 1),
    "journal opened": (Journal, "run_opened", 1),
    "journal complete": (Journal, "run_completed", 2),
}


def crash_at(monkeypatch: pytest.MonkeyPatch, where: object, name: str, time: int) -> None:
    """Let a call happen so many times, and nothing after the last one."""
    original: Callable[..., object] = getattr(where, name)
    left = time

    def crashing(*words: object, **named: object) -> object:
        nonlocal left
        result = original(*words, **named)
        left -= 1
        if left == 0:
            monkeypatch.setattr(where, name, original)
            raise Crash
        return result

    monkeypatch.setattr(where, name, crashing)


@pytest.mark.parametrize("cut", CUTS)
def test_an_import_that_was_cut_is_gone_on_with(
    stage: Stage, snapshot: Snapshot, other: Stage, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    directory = exported(stage)
    shutil.copytree(stage.project.builds, other.project.builds)
    crash_at(monkeypatch, *CUTS[cut])
    with pytest.raises(Crash):
        import_snapshot(other.shop, directory)
    import_snapshot(other.shop, directory)
    assert len(other.engine.images()) == 2
    assert rebuilt(other) == []
    assert Shelf(other.project.history).ids() == (snapshot.id,)
    assert [path.name for path in (other.project.volumes / "binpkgs").iterdir()] == [BOX]


@pytest.mark.parametrize("time", [1, 2, 3])
def test_an_export_that_was_cut_is_gone_on_with(
    stage: Stage, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, time: int
) -> None:
    crash_at(monkeypatch, export, "write_archive", time)
    with pytest.raises(Crash):
        exported(stage)
    directory = stage.project.history / snapshot.id
    (directory / ".new.host.sqfs").write_text("half")
    assert exported(stage) == directory
    assert {path.name for path in directory.iterdir()} == EVERY_FILE
    assert stage.engine.containers() == ()
