from pathlib import Path

import pytest

from bh_container.config.project import Project, ProjectUnknown, TargetUnknown, find_project
from tests.config.tree import write_tree

TREE = {
    "bh-container.yaml": "",
    "configs/a-b-c-d.one/worlds/base": "",
    "configs/a-b-c-d.two/worlds/base": "",
    "configs/e-f-g-h.two/worlds/base": "",
    "configs/host-here/worlds/base": "",
    "configs/host": "-> host-here",
    "configs/archived/a-b-c-d.old/worlds/base": "",
    "configs/READ.me": "",
    "configs/.git/x": "",
}


@pytest.mark.parametrize("start", [".", "configs", "configs/a-b-c-d.one/worlds"])
def test_a_project_is_found_from_below(tmp_path: Path, start: str) -> None:
    write_tree(tmp_path, TREE)
    assert find_project(None, tmp_path / start) == Project(tmp_path)


@pytest.mark.parametrize("given", [Path(), Path("../here"), None])
def test_a_given_directory_needs_only_configs(tmp_path: Path, given: Path | None) -> None:
    here = write_tree(tmp_path / "here", {"configs/x": ""})
    found = find_project(given or here, here)
    assert found.root.resolve() == here


def test_configs_alone_are_no_project(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    inner = write_tree(tmp_path / "inner", {"configs/x": ""})
    assert find_project(None, inner) == Project(tmp_path)


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectUnknown, match="neither here nor above"):
        find_project(None, tmp_path)
    with pytest.raises(ProjectUnknown, match="there is no configs/ in it"):
        find_project(tmp_path, Path("/"))


def test_the_places_of_a_project() -> None:
    project = Project(Path("/p"))
    assert project.settings_file == Path("/p/bh-container.yaml")
    assert project.containerfiles == Path("/p/containerfiles")
    assert project.history == Path("/p/history")
    assert project.builds == Path("/p/builds")
    assert project.host_directory() == Path("/p/configs/host")
    below = [project.distfiles, project.ccache, project.journal, project.log, project.seeds]
    assert [path.relative_to(project.volumes).name for path in below] == [
        "distfiles",
        "ccache",
        "journal",
        "log",
        "seeds",
    ]
    assert project.binpkgs("t") == Path("/p/volumes/binpkgs/t")
    assert project.overlay_upper("t") == Path("/p/volumes/overlays/t/upper")
    assert project.overlay_work("t") == Path("/p/volumes/overlays/t/work")


def test_targets_are_the_directories_with_a_dot(tmp_path: Path) -> None:
    project = Project(write_tree(tmp_path, TREE))
    names = [path.name for path in project.target_directories()]
    assert names == ["a-b-c-d.one", "a-b-c-d.two", "e-f-g-h.two"]
    assert Project(tmp_path / "nowhere").target_directories() == ()


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("one", "a-b-c-d.one"),
        ("a-b-c-d.one", "a-b-c-d.one"),
        ("configs/e-f-g-h.two/", "e-f-g-h.two"),
    ],
)
def test_a_target_is_found_by_a_name_that_is_its_own(tmp_path: Path, word: str, found: str) -> None:
    assert Project(write_tree(tmp_path, TREE)).find_target(word) == tmp_path / "configs" / found


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("two", "'two' is more than one target: a-b-c-d.two, e-f-g-h.two\n  name one"),
        ("onne", "configs: there is no target 'onne'\n  did you mean 'one'"),
        ("zzz", "there is no target 'zzz'\n  targets are: one, two, two"),
        ("", "there is no target ''"),
    ],
)
def test_a_name_that_is_nobodys_says_whose_it_could_be(
    tmp_path: Path, word: str, said: str
) -> None:
    with pytest.raises(TargetUnknown) as caught:
        Project(write_tree(tmp_path, TREE)).find_target(word)
    assert said in str(caught.value)


def test_a_project_without_targets_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(TargetUnknown, match="create one"):
        Project(tmp_path).find_target("x")
