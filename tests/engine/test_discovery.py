"""Which service is used, and which is refused."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.engine.discovery import Candidate, candidates, choose
from bh_container.engine.host import Cgroups
from bh_container.engine.protocol import EngineError

ROOTFUL = Path("/run/podman/podman.sock")


@pytest.mark.parametrize(
    ("url", "environment", "user", "expected"),
    [
        (None, {}, 0, [(ROOTFUL, None)]),
        (None, {"XDG_RUNTIME_DIR": "/run/user/0"}, 0, [(ROOTFUL, None)]),
        (
            None,
            {"XDG_RUNTIME_DIR": "/run/user/7"},
            7,
            [(Path("/run/user/7/podman/podman.sock"), None)],
        ),
        (None, {}, 7, []),
        (None, {"CONTAINER_HOST": "unix:///x.sock"}, 7, [(Path("/x.sock"), "CONTAINER_HOST")]),
        ("unix:///y", {"CONTAINER_HOST": "unix:///x"}, 0, [(Path("/y"), "--url")]),
        (None, {"CONTAINER_HOST": ""}, 0, [(ROOTFUL, None)]),
    ],
)
def test_what_the_user_names_is_the_only_place_to_look(
    url: str | None,
    environment: Mapping[str, str],
    user: int,
    expected: list[tuple[Path, str | None]],
) -> None:
    found = candidates(url, environment, user)
    assert [(each.path, each.asked_by) for each in found] == expected


@pytest.mark.parametrize("url", ["ssh://root@far/podman.sock", "tcp://far:80", "unix://", "/x"])
def test_another_machine_is_refused(url: str) -> None:
    with pytest.raises(EngineError, match=r"--url: .* is no Podman service of this machine"):
        candidates(url, {}, 0)
    with pytest.raises(EngineError, match=r"CONTAINER_HOST: .* is no Podman service of"):
        candidates(None, {"CONTAINER_HOST": url}, 0)


USUAL = Candidate(path=Path("/usual"))
ASKED = Candidate(path=Path("/asked"), asked_by="CONTAINER_HOST")


@pytest.mark.parametrize(
    ("runtime", "cgroups", "used"),
    [
        ("crun", Cgroups.UNIFIED, True),
        ("runc", Cgroups.HYBRID, True),
        ("crun", Cgroups.HYBRID, False),
        (None, Cgroups.UNIFIED, False),
    ],
)
def test_a_usual_service_is_used_only_if_it_works(
    runtime: str | None, cgroups: Cgroups, used: bool
) -> None:
    chosen = choose((USUAL,), cgroups, {USUAL.path: runtime}.get)
    assert (chosen.url if chosen else None) == ("unix:///usual" if used else None)


def test_the_first_service_that_works_is_used() -> None:
    other = Candidate(path=Path("/other"))
    chosen = choose((USUAL, other), Cgroups.HYBRID, {USUAL.path: "crun", other.path: "runc"}.get)
    assert chosen is not None
    assert chosen.path == other.path


@pytest.mark.parametrize(
    ("runtime", "words"),
    [(None, "no Podman service answers at unix:///asked"), ("crun", "uses crun, which cannot")],
)
def test_a_service_that_was_asked_for_is_not_passed_over(runtime: str | None, words: str) -> None:
    with pytest.raises(EngineError, match=f"CONTAINER_HOST: .*{words}"):
        choose((ASKED,), Cgroups.HYBRID, {ASKED.path: runtime}.get)
