"""What Podman is asked for when a container is made."""

from pathlib import Path
from typing import cast

import pytest

from bh_container.engine.api import Api
from bh_container.engine.containers import create_container, request_for
from bh_container.engine.host import Ulimit
from bh_container.engine.protocol import Bind, ContainerSpec, EngineError, Mount, Overlay, Tmpfs


def asked_for(*mounts: Mount) -> dict[str, object]:
    return request_for(
        ContainerSpec(name="n", image="i", mounts=mounts, labels={"l": "a b"}),
        (Ulimit(name="nofile", value=5), Ulimit(name="nproc", value=6)),
    )


def test_both_limits_are_named() -> None:
    assert asked_for()["r_limits"] == [
        {"type": "nofile", "soft": 5, "hard": 5},
        {"type": "nproc", "soft": 6, "hard": 6},
    ]


def test_it_is_privileged_and_on_the_network_of_the_host() -> None:
    asked = asked_for()
    assert asked["privileged"] is True
    assert asked["netns"] == {"nsmode": "host"}


def test_labels_are_kept_as_on_images() -> None:
    assert asked_for()["labels"] == {"l": "a%20b"}


@pytest.mark.parametrize(("read_only", "access"), [(True, "ro"), (False, "rw")])
def test_a_bind(tmp_path: Path, read_only: bool, access: str) -> None:
    asked = asked_for(Bind(source=tmp_path, destination="/d", read_only=read_only))
    assert asked["mounts"] == [
        {
            "type": "bind",
            "source": str(tmp_path),
            "destination": "/d",
            "options": ["rbind", "rprivate", access],
        }
    ]


def test_an_overlay_names_upper_and_work(tmp_path: Path) -> None:
    asked = asked_for(Overlay(lower=tmp_path, upper=tmp_path, work=tmp_path, destination="/d"))
    assert asked["mounts"] == []
    assert asked["overlay_volumes"] == [
        {
            "source": str(tmp_path),
            "destination": "/d",
            "options": [f"upperdir={tmp_path}", f"workdir={tmp_path}"],
        }
    ]


@pytest.mark.parametrize(
    ("options", "expected"), [("", []), ("size=30G,mode=1777", ["size=30G", "mode=1777"])]
)
def test_a_tmpfs_may_hold_programs(options: str, expected: list[str]) -> None:
    asked = asked_for(Tmpfs(destination="/d", options=options))["mounts"]
    assert isinstance(asked, list)
    assert asked[0]["options"] == ["exec", "suid", "dev", "notmpcopyup", *expected]


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for mount in (
        Bind(source=missing, destination="/d"),
        Overlay(lower=tmp_path, upper=missing, work=tmp_path, destination="/d"),
    ):
        with pytest.raises(EngineError, match=f"{missing}: no such file or directory.*/d"):
            asked_for(mount)


@pytest.mark.parametrize("name", ["a,b", "a:b", "a\\b"])
def test_an_overlay_of_a_path_that_would_be_misread_is_refused(tmp_path: Path, name: str) -> None:
    odd = tmp_path / name
    odd.mkdir()
    with pytest.raises(EngineError, match="comma"):
        asked_for(Overlay(lower=odd, upper=tmp_path, work=tmp_path, destination="/d"))


class Leftover:
    """Podman, with a root filesystem under the name that no container has."""

    def __init__(self, container: dict[str, object] | None = None) -> None:
        self.container = container
        self.storage = True

    def ask(self, method: str, path: str, **options: object) -> dict[str, object] | None:
        if method == "GET":
            return self.container
        if self.storage:
            raise EngineError(
                'creating container storage: the container name "n" is already in use'
            )
        return {"Id": "1"}

    def do(self, method: str, path: str, **options: object) -> None:
        self.storage = False


def test_what_a_killed_podman_left_under_the_name_goes() -> None:
    spec = ContainerSpec(name="n", image="i")
    assert create_container(cast(Api, Leftover()), spec, ()) == "1"


def test_a_container_of_that_name_stays() -> None:
    config: dict[str, object] = {"Labels": {}}
    found = {"Id": "2", "Name": "n", "ImageName": "i", "Image": "3", "Config": config}
    podman = Leftover({**found, "State": {"Running": True}})
    with pytest.raises(EngineError, match="already in use"):
        create_container(cast(Api, podman), ContainerSpec(name="n", image="i"), ())
    assert podman.storage
