"""The whole job with a fake engine: seed, host, targets."""

from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.problems import ConfigInvalid
from bh_container.config.wanted import Wanted, read_wanted
from bh_container.engine.protocol import Bind, ContainerSpec, Overlay
from bh_container.plan import places
from bh_container.run.build import build
from bh_container.run.seeds import lab_recipe
from bh_container.run.workshop import UNIT_LABEL
from tests.config.tree import HOST, LINUX_CONFIG, TUPLE, write_tree
from tests.conftest import write_root
from tests.run.stage import BOX, BOX_TREE, Stage

SECOND = f"{TUPLE}.second"


@pytest.fixture
def project(stage: Stage) -> Path:
    """Its configurations; the settings name a seed."""
    configs = stage.project.configs
    write_tree(configs / "host", HOST)
    write_tree(configs / SECOND, BOX_TREE)
    archive = stage.project.root / "stage3.tar"
    write_root(archive)
    stage.settings = replace(stage.settings, seed=str(archive), unsigned_seed=True)
    return configs


def wanted(configs: Path, *names: str) -> Wanted:
    return read_wanted(configs / "host", [configs / name for name in names])


def test_two_targets(stage: Stage, project: Path) -> None:
    results = build(stage.shop, wanted(project, BOX, SECOND))
    assert [result.name.rpartition(".")[0] for result in results] == [BOX, SECOND]
    assert len(list(stage.project.builds.iterdir())) == 2
    assert stage.crew.ran.count("toolchain") == 1
    assert stage.crew.ran.count(f"crossdev-{TUPLE}") == 1
    assert stage.crew.ran.count("kernel") == 2
    assert stage.engine.containers(UNIT_LABEL) == ()


def test_two_targets_of_one_tuple_share_nothing_but_what_is_made_for_it(
    stage: Stage, project: Path
) -> None:
    """A root of its own, `/tmp` included, and no directory that the other one can write to."""
    build(stage.shop, wanted(project, BOX, SECOND))
    of_targets = [e for e in stage.engine.executions if places.WORK in destinations(e.spec)]
    specs = {execution.container: execution.spec for execution in of_targets}
    assert len({execution.root for execution in of_targets}) == len(specs) == 2
    one, other = (writable(spec) for spec in specs.values())
    assert {one[source] for source in one.keys() & other.keys()} == {
        places.DISTFILES,
        places.CCACHE,
    }
    assert not {"/", "/tmp"} & {*one.values(), *other.values()}  # noqa: S108 - in containers


def destinations(spec: ContainerSpec) -> set[str]:
    return {mount.destination for mount in spec.mounts}


def writable(spec: ContainerSpec) -> dict[Path, str]:
    """What a container writes to on this machine, and where it has that."""
    binds = (mount for mount in spec.mounts if isinstance(mount, Bind) and not mount.read_only)
    layers = (mount for mount in spec.mounts if isinstance(mount, Overlay))
    return {
        **{bind.source: bind.destination for bind in binds},
        **{layer.upper: layer.destination for layer in layers},
        **{layer.work: layer.destination for layer in layers},
    }


def test_once_more_nothing_runs(stage: Stage, project: Path) -> None:
    results = build(stage.shop, wanted(project, BOX, SECOND))
    stage.crew.revive()
    assert build(stage.shop, wanted(project, BOX, SECOND)) == results
    assert stage.crew.ran == []


def test_a_changed_target_leaves_the_other_alone(stage: Stage, project: Path) -> None:
    _, second = build(stage.shop, wanted(project, BOX, SECOND))
    (project / BOX / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    stage.crew.revive()
    _, again = build(stage.shop, wanted(project, BOX, SECOND))
    assert again == second
    assert stage.crew.ran.count("kernel") == 1


def test_a_changed_host_builds_all_targets_again(stage: Stage, project: Path) -> None:
    build(stage.shop, wanted(project, BOX))
    (project / "host/worlds/base").write_text("sys-devel/crossdev\n")
    stage.crew.revive()
    build(stage.shop, wanted(project, BOX))
    assert stage.crew.ran[:2] == ["configuration", "world"]
    assert "skeleton" in stage.crew.ran


def test_what_cannot_be_built_is_said_before_anything_is_done(stage: Stage, project: Path) -> None:
    (project / SECOND / "linux.config").write_text("CONFIG_64BIT=y\n")
    with pytest.raises(ConfigInvalid, match=SECOND):
        build(stage.shop, wanted(project, BOX, SECOND))
    assert stage.engine.calls == []


def test_the_mistakes_of_all_configurations_at_once(stage: Stage, project: Path) -> None:
    (project / "host/worlds/base").unlink()
    (project / BOX / "build-arch").write_text("")
    (project / SECOND / "worlds/tree").mkdir()
    (project / SECOND / "worlds/tree/net").write_text("bose\n")
    with pytest.raises(ConfigInvalid) as error:
        wanted(project, BOX, SECOND)
    text = str(error.value)
    assert len(error.value.problems) == len(text.splitlines()) == 3
    for name in ("host", BOX, SECOND):
        assert str(project / name) in text
    assert "did you mean 'base'?" in text


def test_where_the_lab_seed_is(stage: Stage) -> None:
    recipe = lab_recipe(stage.shop)
    assert (recipe.directory / "install.sh").is_file()
    assert not recipe.directory.is_relative_to(stage.project.root)
    assert recipe.distfiles == stage.project.distfiles
    own = stage.project.root / "containerfiles/lab"
    own.mkdir(parents=True)
    assert lab_recipe(stage.shop).directory == own
