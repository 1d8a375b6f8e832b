"""What the real engine and the fake one promise alike; see `Engine` for the words."""

import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.engine.protocol import ContainerSpec, Engine, EngineError, Image
from tests.conftest import member

HARD_VALUE = '{"key": "a \'b\' $c \\\\ `d` #e", "n": [1]}\n\tü %41 =x'


@pytest.fixture(params=["fake", pytest.param("podman", marks=pytest.mark.podman)])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture
def mark(session_label: str) -> dict[str, str]:
    """The label by which the session finds what it has to remove."""
    key, _, value = session_label.partition("=")
    return {key: value}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A tar that holds two directories and nothing else."""
    path = tmp_path / "directories.tar"
    with tarfile.open(path, "w") as tar:
        for name in (".", "usr"):
            tar.addfile(member(name, tarfile.DIRTYPE))
    return path


@pytest.fixture
def image(engine: Engine, archive: Path, mark: dict[str, str]) -> str:
    reference = new_reference()
    engine.import_image(archive, reference, labels=mark)
    return reference


@pytest.fixture
def container(engine: Engine, image: str) -> str:
    """A container that was never started: nothing in its image could run."""
    name = new_name()
    engine.create_container(ContainerSpec(name=name, image=image))
    return name


def new_name() -> str:
    return f"bh-test-{uuid.uuid4().hex}"


def new_reference() -> str:
    return f"localhost/bh-container/test/{uuid.uuid4().hex}:1"


def identity(image: Image) -> str:
    return image.id


def test_import(engine: Engine, archive: Path, mark: dict[str, str]) -> None:
    reference, moved = new_reference(), []
    labels = {**mark, "hard": HARD_VALUE, "empty": ""}
    new = engine.import_image(
        archive, reference, labels=labels, progress=lambda *pair: moved.append(pair)
    )
    image = engine.image(reference)
    assert image is not None
    assert (image.id, image.references, image.labels) == (new, (reference,), labels)
    assert image == engine.image(new)
    size = archive.stat().st_size
    assert moved[-1] == (size, size)


def test_import_as_it_comes(engine: Engine, archive: Path, mark: dict[str, str]) -> None:
    content, reference = archive.read_bytes(), new_reference()
    new = engine.import_stream(iter([content[:700], content[700:]]), reference, labels=mark)
    image = engine.image(reference)
    assert image is not None
    assert (image.id, image.labels) == (new, mark)
    assert len(engine.layers(reference)) == 1

    def breaks() -> Iterator[bytes]:
        yield content[:700]
        raise EngineError("the archive is damaged")

    missing = new_reference()
    with pytest.raises(EngineError, match="damaged"):
        engine.import_stream(breaks(), missing, labels=mark)
    assert engine.image(missing) is None


def test_an_image_that_is_not_there(engine: Engine) -> None:
    missing = new_reference()
    assert engine.image(missing) is None
    engine.remove_image(missing)
    with pytest.raises(EngineError):
        engine.tag_image(missing, new_reference())
    with pytest.raises(EngineError):
        engine.create_container(ContainerSpec(name=new_name(), image=missing))


def test_images_are_found_by_label_newest_first(
    engine: Engine, archive: Path, mark: dict[str, str]
) -> None:
    ours, value = {**mark, "series": new_name()}, "a b=c"
    references = [new_reference() for _ in range(3)]
    for reference in references:
        engine.import_image(archive, reference, labels={**ours, "value": value})
    found = engine.images(f"series={ours['series']}")
    assert [image.references for image in found] == [(each,) for each in reversed(references)]
    assert set(map(identity, found)) <= set(map(identity, engine.images("series")))
    assert set(map(identity, found)) <= set(map(identity, engine.images(f"value={value}")))
    assert engine.images(f"series={ours['series']}x") == ()


def test_one_image_with_two_references(engine: Engine, image: str) -> None:
    second = new_reference()
    engine.tag_image(image, second)
    found = engine.image(second)
    assert found is not None
    assert set(found.references) == {image, second}
    with pytest.raises(EngineError):
        engine.remove_image(found.id)
    engine.remove_image(image)
    assert engine.image(image) is None
    left = engine.image(second)
    assert left is not None
    assert left.references == (second,)
    engine.remove_image(second)
    assert engine.image(found.id) is None


def test_a_reference_moves_to_the_newer_image(
    engine: Engine, archive: Path, mark: dict[str, str], image: str
) -> None:
    old = engine.image(image)
    new = engine.import_image(archive, image, labels={**mark, "new": "1"})
    assert old is not None
    found, left = engine.image(image), engine.image(old.id)
    assert found is not None
    assert found.id == new
    assert left is not None
    assert left.references == ()


def test_an_image_in_use_is_not_removed(engine: Engine, image: str, container: str) -> None:
    with pytest.raises(EngineError):
        engine.remove_image(image)
    engine.remove_container(container)
    engine.remove_image(image)
    assert engine.image(image) is None


def test_a_container_has_its_own_labels_and_those_of_its_image(
    engine: Engine, image: str, mark: dict[str, str]
) -> None:
    name = new_name()
    labels = {"unit": "host", "hard": HARD_VALUE}
    identity = engine.create_container(ContainerSpec(name=name, image=image, labels=labels))
    found = engine.container(name)
    assert found is not None
    assert (found.id, found.name, found.image, found.running) == (identity, name, image, False)
    assert found.labels == {**mark, **labels}
    assert engine.container(identity) == found
    assert found in engine.containers("unit=host")
    assert found in engine.containers("unit")
    assert found not in engine.containers("unit=other")


def test_a_container_that_is_not_there(engine: Engine) -> None:
    missing = new_name()
    assert engine.container(missing) is None
    engine.remove_container(missing)
    engine.unmount(missing)
    for refused in (engine.start_container, engine.stop_container, engine.mount):
        with pytest.raises(EngineError):
            refused(missing)
    with pytest.raises(EngineError):
        engine.execute(missing, ["true"])
    with pytest.raises(EngineError):
        engine.commit(missing, new_reference(), labels={})


def test_a_name_is_used_once(engine: Engine, image: str, container: str) -> None:
    with pytest.raises(EngineError, match="in use"):
        engine.create_container(ContainerSpec(name=container, image=image))


def test_nothing_is_executed_in_a_container_that_does_not_run(
    engine: Engine, container: str
) -> None:
    with pytest.raises(EngineError):
        engine.execute(container, ["true"])


def test_a_mounted_container_is_committed_with_its_changes(
    engine: Engine, container: str, mark: dict[str, str]
) -> None:
    root = engine.mount(container)
    assert engine.mount(container) == root
    (root / "usr/new").write_text("new")
    engine.unmount(container)
    engine.unmount(container)
    assert engine.mount(container) == root
    assert (root / "usr/new").read_text() == "new"
    reference = new_reference()
    identity = engine.commit(container, reference, labels={"hard": HARD_VALUE})
    image = engine.image(reference)
    assert image is not None
    assert image.id == identity
    assert image.labels == {**mark, "hard": HARD_VALUE}
    second = new_name()
    engine.create_container(ContainerSpec(name=second, image=reference))
    assert (engine.mount(second) / "usr/new").read_text() == "new"
    engine.remove_container(second)


def test_a_commit_is_one_layer_more(
    engine: Engine, image: str, container: str, mark: dict[str, str]
) -> None:
    (engine.mount(container) / "usr/new").write_bytes(bytes(100_000))
    reference = new_reference()
    engine.commit(container, reference, labels={})
    (*shared, own) = engine.layers(reference)
    assert tuple(shared) == engine.layers(image)
    assert 100_000 <= own.size < 120_000
    assert 100_000 <= engine.container_size(container) < 110_000  # Podman 5 counts usr/ too


def test_everything_is_listed_without_a_label(engine: Engine, image: str, container: str) -> None:
    assert image in {name for each in engine.images() for name in each.references}
    (listed,) = [each for each in engine.containers() if each.name == container]
    found = engine.image(image)
    assert found is not None
    assert listed.base == found.id
    assert listed == engine.container(container)


def test_a_flat_image_has_all_files_in_one_layer(
    engine: Engine, container: str, mark: dict[str, str]
) -> None:
    (engine.mount(container) / "usr/new").write_text("new")
    middle, flat = new_reference(), new_reference()
    engine.commit(container, middle, labels={"middle": "1"})
    second = new_name()
    engine.create_container(ContainerSpec(name=second, image=middle))
    (engine.mount(second) / "usr/newer").write_text("newer")
    identity = engine.flatten(second, flat, labels={**mark, "hard": HARD_VALUE})
    image = engine.image(flat)
    assert image is not None
    assert (image.id, image.labels) == (identity, {**mark, "hard": HARD_VALUE})
    assert len(engine.layers(flat)) == 1
    third = new_name()
    engine.create_container(ContainerSpec(name=third, image=flat))
    root = engine.mount(third)
    assert sorted(path.name for path in (root / "usr").iterdir()) == ["new", "newer"]
    with pytest.raises(EngineError):
        engine.flatten(new_name(), new_reference(), labels={})


def test_a_removed_container_leaves_nothing(engine: Engine, container: str) -> None:
    root = engine.mount(container)
    engine.remove_container(container)
    assert engine.container(container) is None
    assert not root.exists()
