"""A seed from a tarball."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.events import Event, Transfer
from bh_container.seed.archive import import_archive
from tests.conftest import member
from tests.fakes import FakeEngine


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "stage3.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(member("usr", tarfile.DIRTYPE))
    return path


def test_it_is_identified_by_its_content(fake_engine: FakeEngine, archive: Path) -> None:
    seed = import_archive(fake_engine, archive, lambda _: None)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert seed.identity == digest
    image = fake_engine.image(seed.image)
    assert image is not None
    assert image.references == (f"localhost/bh-container/seed:{digest[:16]}",)


def test_it_is_imported_once(fake_engine: FakeEngine, archive: Path, tmp_path: Path) -> None:
    first = import_archive(fake_engine, archive, lambda _: None)
    renamed = archive.rename(tmp_path / "other name.tar")
    assert import_archive(fake_engine, renamed, lambda _: None) == first
    assert [call[0] for call in fake_engine.calls] == ["import_image"]


def test_other_content_is_another_seed(fake_engine: FakeEngine, archive: Path) -> None:
    first = import_archive(fake_engine, archive, lambda _: None)
    with archive.open("ab") as file:
        file.write(b"\0")
    second = import_archive(fake_engine, archive, lambda _: None)
    assert first.identity != second.identity
    assert first.image != second.image


def test_the_import_tells_how_far_it_is(fake_engine: FakeEngine, archive: Path) -> None:
    events: list[Event] = []
    import_archive(fake_engine, archive, events.append)
    size = archive.stat().st_size
    assert events == [Transfer(unit="host", what="importing stage3.tar", done=size, total=size)]


@pytest.mark.parametrize(
    ("name", "words"), [("missing.tar", "No such file"), (".", "Is a directory")]
)
def test_what_cannot_be_read(
    fake_engine: FakeEngine, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(BhError, match=words) as error:
        import_archive(fake_engine, tmp_path / name, lambda _: None)
    assert error.value.remedy is not None
    assert "--seed" in error.value.remedy
    assert fake_engine.calls == []
