"""The lab seed: when it is made, and what is said when it cannot be."""

from pathlib import Path

import pytest

from bh_container.events import Event, Note, StepOutput
from bh_container.seed.lab import LabFailed, LabRecipe, lab_seed
from bh_container.seed.seed import SEED_LABEL
from tests.fakes import Execution, FakeEngine

SCRIPTS = {
    "root.sh": 'echo making a root; printf x >"$1"',
    "distfiles.sh": 'echo fetching; printf source >"$1/source.tar"',
    "sources.sh": "",
    "packages": "gcc",
    "install.sh": "",
}


def write_script(directory: Path, name: str, text: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\nset -e\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def recipe(tmp_path: Path) -> LabRecipe:
    directory = tmp_path / "lab"
    directory.mkdir()
    for name, text in SCRIPTS.items():
        write_script(directory, name, text)
    return LabRecipe(directory=directory, distfiles=tmp_path / "distfiles", work=tmp_path / "seeds")


@pytest.fixture
def events() -> list[Event]:
    return []


def count(engine: FakeEngine, call: str) -> int:
    return [words[0] for words in engine.calls].count(call)


def test_it_is_made(fake_engine: FakeEngine, recipe: LabRecipe, events: list[Event]) -> None:
    seed = lab_seed(fake_engine, recipe, events.append)
    assert seed.identity.startswith("lab-")
    image = fake_engine.image(seed.image)
    assert image is not None
    assert image.references == (f"localhost/bh-container/seed:{seed.identity[:20]}",)
    assert (recipe.distfiles / "source.tar").read_text() == "source"
    (execution,) = fake_engine.executions
    assert execution.command[-1] == "exec bash /lab/install.sh 2>&1"
    assert execution.path("/lab") == recipe.directory
    assert [event.line for event in events if isinstance(event, StepOutput)] == [
        "fetching",
        "making a root",
    ]
    assert len([event for event in events if isinstance(event, Note)]) == 2


def test_nothing_is_left_but_images_and_distfiles(
    fake_engine: FakeEngine, recipe: LabRecipe
) -> None:
    lab_seed(fake_engine, recipe, lambda _: None)
    assert count(fake_engine, "create_container") == 1
    name = fake_engine.executions[0].container
    assert fake_engine.container(name) is None
    assert list(recipe.work.iterdir()) == []


def test_it_is_made_once(fake_engine: FakeEngine, recipe: LabRecipe, events: list[Event]) -> None:
    first = lab_seed(fake_engine, recipe, lambda _: None)
    fake_engine.calls.clear()
    assert lab_seed(fake_engine, recipe, events.append) == first
    assert fake_engine.calls == []
    assert events == []


def test_a_restored_host_image_is_enough(
    fake_engine: FakeEngine, recipe: LabRecipe, tmp_path: Path
) -> None:
    (tmp_path / "any").write_bytes(b"")
    identity = lab_seed(fake_engine, recipe, lambda _: None).identity
    fake_engine.remove_image(f"localhost/bh-container/seed:{identity[:20]}")
    labels = {SEED_LABEL: identity}
    fake_engine.import_image(tmp_path / "any", "localhost/host:1", labels=labels)
    assert lab_seed(fake_engine, recipe, lambda _: None, bare=False).image == ""
    assert lab_seed(fake_engine, recipe, lambda _: None).image


def test_distfiles_are_fetched_again_where_they_are_gone(
    fake_engine: FakeEngine, recipe: LabRecipe
) -> None:
    lab_seed(fake_engine, recipe, lambda _: None)
    for path in recipe.distfiles.iterdir():
        path.unlink()
    lab_seed(fake_engine, recipe, lambda _: None)
    assert (recipe.distfiles / "source.tar").exists()
    assert count(fake_engine, "commit") == 1


@pytest.mark.parametrize(("file", "imports"), [("install.sh", 1), ("packages", 2), ("new-file", 1)])
def test_a_changed_recipe_is_another_seed(
    fake_engine: FakeEngine, recipe: LabRecipe, file: str, imports: int
) -> None:
    first = lab_seed(fake_engine, recipe, lambda _: None)
    write_script(recipe.directory, file, ": changed")
    second = lab_seed(fake_engine, recipe, lambda _: None)
    assert first.identity != second.identity
    assert count(fake_engine, "commit") == 2
    assert count(fake_engine, "import_image") == imports


def test_a_program_that_is_one_no_more_is_another_recipe(
    fake_engine: FakeEngine, recipe: LabRecipe
) -> None:
    first = lab_seed(fake_engine, recipe, lambda _: None)
    (recipe.directory / "install.sh").chmod(0o644)
    assert lab_seed(fake_engine, recipe, lambda _: None).identity != first.identity


@pytest.mark.parametrize("script", ["distfiles.sh", "root.sh"])
def test_a_script_that_fails(fake_engine: FakeEngine, recipe: LabRecipe, script: str) -> None:
    noise = "; ".join(f"echo line {number}" for number in range(50))
    write_script(recipe.directory, script, f"{noise}; echo no such mirror >&2; exit 4")
    with pytest.raises(LabFailed, match=f"{script} failed") as error:
        lab_seed(fake_engine, recipe, lambda _: None)
    text = str(error.value)
    assert "no such mirror" in text
    assert "line 49" in text
    assert "line 20\n" not in text
    assert error.value.exit_status == 2
    write_script(recipe.directory, script, SCRIPTS[script])
    lab_seed(fake_engine, recipe, lambda _: None)


def test_an_installation_that_fails(fake_engine: FakeEngine, recipe: LabRecipe) -> None:
    def fail(execution: Execution) -> int:
        execution.write("no Portage: é\n".encode())
        return 1

    fake_engine.answer = fail
    with pytest.raises(LabFailed, match=r"install\.sh failed\nno Portage: é"):
        lab_seed(fake_engine, recipe, lambda _: None)
    assert count(fake_engine, "commit") == 0
    assert fake_engine.container(fake_engine.executions[0].container) is None
    assert list(recipe.work.iterdir()) == []


def test_what_a_killed_making_left_is_in_no_ones_way(
    fake_engine: FakeEngine, recipe: LabRecipe
) -> None:
    class Killed(BaseException):
        pass

    def die(execution: Execution) -> int:
        raise Killed

    fake_engine.answer = die
    with pytest.raises(Killed):
        lab_seed(fake_engine, recipe, lambda _: None)
    spec = fake_engine.executions[0].spec
    assert fake_engine.container(spec.name) is None
    fake_engine.create_container(spec)
    fake_engine.answer = lambda _: 0
    assert lab_seed(fake_engine, recipe, lambda _: None).image
