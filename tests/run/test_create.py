"""A new project: all of it or nothing, and nothing that is there is touched."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.shipped import Content, Link, shipped
from bh_container.errors import BhError
from bh_container.run.create import InTheWay, create_project, project_files

TARGET = "aarch64-unknown-linux-musl.rpi4-bb-mini"


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, Content]:
    """A small project: a text, two copies of which one can be started, and a link to nothing."""
    (tmp_path / "from").mkdir(mode=0o700)
    plain, program = tmp_path / "from/plain", tmp_path / "from/program"
    plain.write_text("plain")
    plain.chmod(0o400)
    program.write_text("program")
    program.chmod(0o500)
    return {
        "bh-container.yaml": "format: 1\n",
        ".gitignore": "/builds/*\n",
        "configs/plain": plain,
        "configs/deep/program": program,
        "configs/link": Link("nothing"),
    }


def tree(root: Path) -> dict[str, str]:
    """Every file below, with what is in it or where it leads."""
    return {
        str(path.relative_to(root)): str(path.readlink()) if path.is_symlink() else path.read_text()
        for path in root.rglob("*")
        if path.is_symlink() or path.is_file()
    }


WHOLE = {
    "bh-container.yaml": "format: 1\n",
    ".gitignore": "/builds/*\n",
    "configs/plain": "plain",
    "configs/deep/program": "program",
    "configs/link": "nothing",
}


@pytest.mark.parametrize("place", ["new", "new/deeper/still", "there", "busy"])
def test_wherever_it_is_made(tmp_path: Path, files: Mapping[str, Content], place: str) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "busy/.git").mkdir(parents=True)
    (tmp_path / "busy/.git/HEAD").write_text("ref")
    more = {".git/HEAD": "ref"} if place == "busy" else {}
    assert create_project(tmp_path / place, files) == ()
    assert tree(tmp_path / place) == WHOLE | more
    umask = os.umask(0o022)
    os.umask(umask)
    modes = {
        path: (tmp_path / place / path).stat().st_mode & 0o777
        for path in WHOLE
        if path != "configs/link"
    }
    assert modes.pop("configs/deep/program") == 0o777 & ~umask
    assert set(modes.values()) == {0o666 & ~umask}


@pytest.mark.parametrize("there", ["configs/mine", "bh-container.yaml"])
def test_what_is_in_the_way_is_left_alone(
    tmp_path: Path, files: Mapping[str, Content], there: str
) -> None:
    root = tmp_path / "project"
    (root / there).parent.mkdir(parents=True)
    (root / there).write_text("mine")
    with pytest.raises(InTheWay) as error:
        create_project(root, files)
    assert error.value.names == (there.partition("/")[0],)
    assert tree(root) == {there: "mine"}


def test_a_link_to_nothing_is_in_the_way(tmp_path: Path, files: Mapping[str, Content]) -> None:
    (tmp_path / "configs").symlink_to("elsewhere")
    with pytest.raises(InTheWay):
        create_project(tmp_path, files)
    assert not (tmp_path / "bh-container.yaml").exists()


def test_the_users_gitignore_stays(tmp_path: Path, files: Mapping[str, Content]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / ".gitignore").write_text("*.swp\n")
    assert create_project(root, files) == (".gitignore",)
    assert tree(root) == WHOLE | {".gitignore": "*.swp\n"}


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, files: Mapping[str, Content]) -> None:
    for place in ("new/deeper", "there"):
        root = tmp_path / place
        if place == "there":
            root.mkdir()
        with pytest.raises(BhError, match="No such file"):
            create_project(root, {**files, "volumes/README.md": tmp_path / "missing"})
        assert not root.exists() or not any(root.iterdir())
    assert not (tmp_path / "new").exists()


def test_a_move_that_fails_is_taken_back(
    tmp_path: Path, files: Mapping[str, Content], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of the names appears while the others are being made."""
    root, rename = tmp_path / "project", Path.rename
    root.mkdir()

    def interfere(source: Path, destination: Path) -> Path:
        (root / "configs").mkdir(exist_ok=True)
        return rename(source, destination)

    monkeypatch.setattr(Path, "rename", interfere)
    with pytest.raises(InTheWay):
        create_project(root, files)
    assert [path.name for path in root.iterdir()] == ["configs"]
    assert not any((root / "configs").iterdir())


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_is_no_place(tmp_path: Path, files: Mapping[str, Content], place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BhError, match=r"/file: Not a directory"):
        create_project(tmp_path / place, files)


def test_what_a_project_holds() -> None:
    """Of the shipped target and the host everything, links as they are."""
    place = shipped()
    files = project_files(place, [TARGET])
    assert files["configs/host"] == Link("host-amd64-musl")
    for name in (TARGET, "host-amd64-musl"):
        whole = tree(place.configs / name)
        copied = {path.partition(f"configs/{name}/")[2] for path in files} - {""}
        assert {path for path in whole if "__pycache__" not in path} == copied
    for name in ("volumes", "history", "builds"):
        assert files[f"{name}/README.md"] == place.root / name / "README.md"
