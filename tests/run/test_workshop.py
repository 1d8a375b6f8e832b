"""What all containers have in common."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.settings import TmpType
from bh_container.engine.protocol import Bind, ContainerSpec, Tmpfs
from bh_container.plan import places
from bh_container.run import workshop
from bh_container.run.workshop import repository_mounts, tuning
from tests.run.stage import Stage


@pytest.fixture
def spec(stage: Stage, tmp_path: Path) -> ContainerSpec:
    bound = tmp_path / "bound"
    bound.mkdir()
    return ContainerSpec(
        name="box", image=stage.image("any"), mounts=(Bind(source=bound, destination="/b"),)
    )


def test_a_container_is_made_and_started(stage: Stage, spec: ContainerSpec) -> None:
    assert not stage.shop.ready_container(spec)
    found = stage.engine.container("box")
    assert found is not None
    assert found.running


def test_a_container_of_the_same_making_is_kept(stage: Stage, spec: ContainerSpec) -> None:
    stage.shop.ready_container(spec)
    before = stage.engine.container("box")
    stage.engine.stop_container("box")
    assert stage.shop.ready_container(spec)
    assert stage.engine.container("box") == before


@pytest.mark.parametrize(
    "change",
    [
        {"image": "localhost/other:1"},
        {"mounts": ()},
        {"environment": {"A": "b"}},
        {"labels": {"a": "b"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_container_of_another_making_is_replaced(
    stage: Stage, spec: ContainerSpec, change: dict[str, object]
) -> None:
    stage.image("other")
    stage.shop.ready_container(spec)
    before = stage.engine.container("box")
    assert not stage.shop.ready_container(replace(spec, **change))  # type: ignore[arg-type]
    after = stage.engine.container("box")
    assert before is not None
    assert after is not None
    assert (before.id != after.id, after.running) == (True, True)


def test_a_directory_that_was_replaced_is_another_one(
    stage: Stage, spec: ContainerSpec, tmp_path: Path
) -> None:
    stage.shop.ready_container(spec)
    (tmp_path / "bound").rename(tmp_path / "away")
    (tmp_path / "bound").mkdir()
    assert not stage.shop.ready_container(spec)


def test_memory_for_building(stage: Stage) -> None:
    assert not any(isinstance(mount, Tmpfs) for mount in stage.shop.shared_mounts("box", "1"))
    stage.settings = replace(stage.settings, tmp_type=TmpType.TMPFS, tmp_size="3G")
    mounts = stage.shop.shared_mounts("box", "1", compiling="/usr/box/tmp")
    assert Tmpfs(destination="/usr/box/tmp", options="size=3G") in mounts


def test_shared_directories_are_there(stage: Stage) -> None:
    mounts = stage.shop.shared_mounts("box", "1")
    sources = {mount.destination: mount.source for mount in mounts if isinstance(mount, Bind)}
    assert all(path.is_dir() for path in sources.values())
    assert sources[places.LOG] == stage.project.log / "box" / "1"
    assert sources[places.DISTFILES] == stage.project.distfiles


def test_distfiles_elsewhere(stage: Stage, tmp_path: Path) -> None:
    stage.settings = replace(stage.settings, distfiles=tmp_path / "elsewhere")
    mounts = stage.shop.shared_mounts("box", "1")
    assert Bind(source=tmp_path / "elsewhere", destination=places.DISTFILES) in mounts


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {"BH_JOBS": "2", "BH_PACKAGES": "2", "MAKEOPTS": "-j1", "BH_CCACHE": ""}),
        (
            {"makeopts": "-j9 -l4"},
            {"BH_JOBS": "2", "BH_PACKAGES": "1", "MAKEOPTS": "-j9 -l4", "BH_CCACHE": ""},
        ),
        (
            {"ccache": True},
            {"BH_JOBS": "2", "BH_PACKAGES": "2", "MAKEOPTS": "-j1", "BH_CCACHE": "ccache"}
            | {"FEATURES": "ccache"},
        ),
        (
            {"gentoo_mirrors": ("https://a", "https://b")},
            {
                "BH_JOBS": "2",
                "BH_PACKAGES": "2",
                "MAKEOPTS": "-j1",
                "BH_CCACHE": "",
                "GENTOO_MIRRORS": "https://a https://b",
            },
        ),
    ],
)
def test_tuning(stage: Stage, change: dict[str, object], expected: dict[str, str]) -> None:
    assert tuning(replace(stage.settings, **change)) == expected  # type: ignore[arg-type]


def test_repositories_are_where_portage_looks(tmp_path: Path) -> None:
    (mount,) = repository_mounts(tmp_path, ["ours"])
    assert mount == Bind(
        source=tmp_path / "repos/ours", destination="/var/db/repos/ours", read_only=True
    )


def test_a_run_is_named_by_its_time_and_by_chance() -> None:
    names = {workshop.new_run() for _ in range(20)}
    assert all(re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", name) for name in names)
    assert len(names) > 1
