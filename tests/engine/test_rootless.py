"""Going to the namespaces of a user's Podman."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.engine.rootless import PAUSE, enter


class Gone(Exception):
    """The process has become this."""

    def __init__(self, program: str, words: list[str], environment: Mapping[str, str]) -> None:
        super().__init__(program)
        self.words = words
        self.environment = environment


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a user whose Podman has a pause process."""

    def become(program: str, words: list[str], environment: Mapping[str, str]) -> None:
        raise Gone(program, words, environment)

    program(tmp_path, "podman", '[ "$*" = "unshare true" ]')
    program(tmp_path, "nsenter", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    monkeypatch.setattr(os, "getegid", lambda: 1234)
    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.chdir(tmp_path)
    pause = tmp_path / "run" / PAUSE
    pause.parent.mkdir(parents=True)
    pause.write_text("77")
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "A": "b"}


def program(directory: Path, name: str, script: str) -> None:
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)


@pytest.mark.parametrize("start", [["/usr/bin/bh-container"], ["-I", "-m", "bh_container"]])
def test_the_same_command_goes_on_inside(
    user: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: list[str]
) -> None:
    options = ["build", "box", "--json"]
    monkeypatch.setattr(sys, "orig_argv", ["python3", *start, *options])
    with pytest.raises(Gone) as gone:
        enter(options, user)
    words = gone.value.words
    assert words[:4] == ["nsenter", "--target=77", "--user", "--mount"]
    assert words[words.index(str(tmp_path)) + 1 :] == [sys.executable, *start, *options]
    assert gone.value.environment["_CONTAINERS_ROOTLESS_UID"] == "4321"
    assert gone.value.environment["_CONTAINERS_ROOTLESS_GID"] == "1234"
    assert gone.value.environment["A"] == "b"


def test_without_a_runtime_directory_podman_has_one_among_temporary_files(
    user: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "run").rename(tmp_path / "podman-run-4321")
    with pytest.raises(Gone) as gone:
        enter(["build"], {"TMPDIR": str(tmp_path)})
    assert "--target=77" in gone.value.words


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ([], {"_CONTAINERS_ROOTLESS_UID": "4321"}),
        ([], {"CONTAINER_HOST": "unix:///run/x.sock"}),
        ([], {"BH_PODMAN_URL": "unix:///run/x.sock"}),
        (["--url", "unix:///run/x.sock"], {}),
        (["--url=unix:///run/x.sock"], {}),
    ],
)
def test_who_is_inside_or_names_a_service_stays(
    user: dict[str, str], words: list[str], more: Mapping[str, str]
) -> None:
    enter(["build", *words], {**user, **more})


def test_root_stays(user: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    enter(["build"], user)


def test_without_namespaces_the_command_goes_on_where_it_is(
    user: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path, "podman", "echo 'cannot find newuidmap' >&2; exit 125")
    enter(["build"], user)
    program(tmp_path, "podman", "exit 0")
    (tmp_path / "run" / PAUSE).write_text("")
    enter(["build"], user)
