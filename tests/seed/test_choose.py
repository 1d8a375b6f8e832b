"""Which seed a word means."""

from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.seed.choose import Sources, choose_seed
from bh_container.seed.lab import LabRecipe
from bh_container.seed.mirror import Mirrors
from bh_container.seed.seed import Seed
from tests.fakes import FakeEngine
from tests.seed.release import TAR, Build, Server


@pytest.fixture
def sources(tmp_path: Path, mirrors: Mirrors) -> Sources:
    """A mirror, and a lab that is not there; tarballs need no signature."""
    lab = LabRecipe(
        directory=tmp_path / "lab", distfiles=tmp_path / "distfiles", work=tmp_path / "work"
    )
    return Sources(lab=lab, mirrors=mirrors, unsigned=True)


def choose(engine: FakeEngine, word: str, sources: Sources) -> Seed:
    return choose_seed(engine, word, sources, lambda _: None)


@pytest.mark.parametrize("relative", [False, True])
def test_a_file(
    fake_engine: FakeEngine,
    sources: Sources,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    relative: bool,
) -> None:
    archive = tmp_path / "stage3.tar.xz"
    archive.write_bytes(TAR)
    monkeypatch.chdir(tmp_path)
    seed = choose(fake_engine, archive.name if relative else str(archive), sources)
    assert seed.identity.startswith("unsigned-")
    assert fake_engine.image(seed.image) is not None


def test_an_image(fake_engine: FakeEngine, sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(b"")
    image = fake_engine.import_image(tmp_path / "any", "localhost/mine:1", labels={})
    assert choose(fake_engine, "localhost/mine:1", sources) == Seed(identity=image, image=image)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("docker.io/none:1", "neither a file nor an image"),
        ("./missing.tar", "neither a file nor an image"),
        ("missing.tar", "No such file"),
    ],
)
def test_what_there_is_not(
    fake_engine: FakeEngine, sources: Sources, word: str, words: str
) -> None:
    with pytest.raises(BhError, match=words) as error:
        choose(fake_engine, word, sources)
    assert error.value.remedy is not None
    assert "lab" in error.value.remedy


def test_the_lab_seed(
    fake_engine: FakeEngine, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Seed(identity="lab", image="id")
    monkeypatch.setattr("bh_container.seed.choose.lab_seed", lambda *_, bare: made)
    assert choose(fake_engine, "lab", sources) is made


def test_the_newest_stage3(fake_engine: FakeEngine, sources: Sources, server: Server) -> None:
    seed = choose(fake_engine, "stage3", sources)
    assert seed.stage3 is not None
    assert seed.identity == seed.stage3.sha512
    assert seed.stage3.file == Build().file
    assert fake_engine.image(seed.image) is not None


def test_the_stage3_of_a_lock_needs_no_network_once_it_is_there(
    fake_engine: FakeEngine, sources: Sources, server: Server
) -> None:
    first = choose(fake_engine, "stage3", sources)
    for path in sources.mirrors.directory.iterdir():
        path.unlink()
    server.requests.clear()
    again = choose_seed(fake_engine, "stage3", sources, lambda _: None, locked=first.stage3)
    assert again == first
    assert server.requests == []


def test_a_stage3_is_the_same_seed_as_its_tarball(
    fake_engine: FakeEngine, sources: Sources
) -> None:
    first = choose(fake_engine, "stage3", sources)
    kept = sources.mirrors.directory / Build().file
    assert choose(fake_engine, str(kept), sources).identity == first.identity
