"""Which seed a word means."""

from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.seed.choose import choose_seed
from bh_container.seed.lab import LabRecipe
from bh_container.seed.seed import Seed
from tests.fakes import FakeEngine


@pytest.fixture
def recipe(tmp_path: Path) -> LabRecipe:
    return LabRecipe(
        directory=tmp_path / "lab", distfiles=tmp_path / "distfiles", work=tmp_path / "work"
    )


def choose(engine: FakeEngine, word: str, recipe: LabRecipe) -> Seed:
    return choose_seed(engine, word, recipe, lambda _: None)


@pytest.mark.parametrize("relative", [False, True])
def test_a_file(
    fake_engine: FakeEngine,
    recipe: LabRecipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    relative: bool,
) -> None:
    archive = tmp_path / "stage3.tar.xz"
    archive.write_bytes(b"content")
    monkeypatch.chdir(tmp_path)
    seed = choose(fake_engine, archive.name if relative else str(archive), recipe)
    assert len(seed.identity) == 64
    assert fake_engine.image(seed.image) is not None


def test_an_image(fake_engine: FakeEngine, recipe: LabRecipe, tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(b"")
    image = fake_engine.import_image(tmp_path / "any", "localhost/mine:1", labels={})
    assert choose(fake_engine, "localhost/mine:1", recipe) == Seed(identity=image, image=image)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("stage3", "not supported yet"),
        ("docker.io/none:1", "neither a file nor an image"),
        ("./missing.tar", "neither a file nor an image"),
        ("missing.tar", "No such file"),
    ],
)
def test_what_there_is_not(
    fake_engine: FakeEngine, recipe: LabRecipe, word: str, words: str
) -> None:
    with pytest.raises(BhError, match=words) as error:
        choose(fake_engine, word, recipe)
    assert error.value.remedy is not None
    assert "lab" in error.value.remedy


def test_the_lab_seed(
    fake_engine: FakeEngine, recipe: LabRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Seed(identity="lab", image="id")
    monkeypatch.setattr("bh_container.seed.choose.lab_seed", lambda *_: made)
    assert choose(fake_engine, "lab", recipe) is made
