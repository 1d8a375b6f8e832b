"""A project's id, and the names that are made with it."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bh_container.engine.images import split_reference
from bh_container.history.identity import (
    component,
    is_copied,
    project_id,
    run_reference,
    snapshot_reference,
)


def test_the_id_is_made_once_and_moves_with_the_project(tmp_path: Path) -> None:
    volumes = tmp_path / "here/volumes"
    first = project_id(volumes / "project")
    assert [path.name for path in volumes.iterdir()] == ["project"]
    assert project_id(volumes / "project") == first
    (tmp_path / "here").rename(tmp_path / "there")
    assert project_id(tmp_path / "there/volumes/project") == first
    assert project_id(tmp_path / "other/project") != first


def test_a_copy_is_told_from_the_original_and_from_a_link(tmp_path: Path) -> None:
    file, copy = tmp_path / "project", tmp_path / "copy"
    project_id(file)
    shutil.copy2(file, copy)
    (tmp_path / "link").symlink_to(file)
    assert [is_copied(each) for each in (file, copy, tmp_path / "link")] == [False, True, False]
    assert not is_copied(tmp_path / "none")


def test_processes_at_once_agree_on_it(tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def ask(_: int) -> str:
        start.wait()
        return project_id(tmp_path / "project")

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(ask, range(4)))) == 1


@pytest.mark.parametrize("make", [snapshot_reference, run_reference])
@pytest.mark.parametrize("unit", ["host", "aarch64-unknown-linux-musl.rpi4", "a-b-c-d.B_", "x.ü"])
def test_references_are_what_podman_takes(unit: str, make: object) -> None:
    assert callable(make)
    repository, tag = split_reference(make("0123abcd", unit, "20240229T000001Z-2"))
    assert "/0123abcd/" in repository
    assert tag == "20240229T000001Z-2"


@settings(max_examples=50)
@given(st.sets(st.text("abAB-_.+ ü", min_size=1, max_size=4), min_size=2, max_size=2))
def test_two_units_never_share_a_name(units: set[str]) -> None:
    assert len(set(map(component, units))) == 2
