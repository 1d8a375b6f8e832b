"""A stage3 from a mirror that is as it should be, or that can be made do with."""

from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.settings import Flavour
from bh_container.events import Event, Note, Transfer
from bh_container.seed.mirror import Mirrors, MirrorsFailed, fetch_stage3, newest_stage3
from bh_container.seed.stage3 import Stage3
from tests.seed.conftest import Keys
from tests.seed.release import (
    BUILD,
    OLDER,
    TAR,
    Build,
    Server,
    bare,
    closed_port,
    drops,
    leads_to,
    says,
)
from tests.seed.signer import Signer

GOOD = Build()


@pytest.fixture
def events() -> list[Event]:
    return []


def fetch(mirrors: Mirrors, events: list[Event] | None = None) -> Path:
    tell = (lambda _: None) if events is None else events.append
    return fetch_stage3(mirrors, newest_stage3(mirrors, tell), tell)


def notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


def test_what_a_lock_keeps_of_it(mirrors: Mirrors) -> None:
    stage3 = newest_stage3(mirrors, lambda _: None)
    assert stage3.build == BUILD
    assert stage3.size == len(TAR)
    assert "/" + stage3.path == GOOD.path
    assert f"{stage3.sha512}  {stage3.file}" in GOOD.digests


def test_the_newest_costs_no_download(mirrors: Mirrors, server: Server) -> None:
    newest_stage3(mirrors, lambda _: None)
    assert {request.path for request in server.requests} == {GOOD.listing, f"{GOOD.path}.DIGESTS"}


def test_it_is_kept_with_its_signature_and_nothing_else(mirrors: Mirrors, server: Server) -> None:
    file = fetch(mirrors)
    assert file == mirrors.directory / GOOD.file
    assert file.read_bytes() == TAR
    assert file.with_name(f"{GOOD.file}.asc").read_bytes() == server.files[f"{GOOD.path}.asc"]
    kept = {path.name for path in mirrors.directory.iterdir()}
    assert kept == {".lock", GOOD.file, f"{GOOD.file}.asc"}


def test_it_tells_how_far_it_is(mirrors: Mirrors, events: list[Event]) -> None:
    fetch(mirrors, events)
    transfers = [event for event in events if isinstance(event, Transfer)]
    assert {event.what for event in transfers} == {
        f"downloading {GOOD.file}",
        f"verifying {GOOD.file}",
    }
    assert all(event.total == len(TAR) for event in transfers)
    assert transfers[-1].done == len(TAR)
    assert notes(events) == [f"downloading {mirrors.urls[0]}{GOOD.path} (0 MiB)"]


def test_a_server_that_drops_the_connection_twice(mirrors: Mirrors, server: Server) -> None:
    server.instead[GOOD.path] = drops(server, GOOD.path, 2)
    assert fetch(mirrors).read_bytes() == TAR
    ranges = [request.headers.get("Range") for request in server.asked(GOOD.path)]
    assert len(ranges) == 3
    assert ranges[0] is None
    assert None not in ranges[1:]
    assert server.sent < 2 * len(TAR)


def test_small_files_are_asked_for_again_too(mirrors: Mirrors, server: Server) -> None:
    for path in (GOOD.listing, f"{GOOD.path}.asc"):
        server.instead[path] = drops(server, path, 2, after=20)
    assert fetch(mirrors).read_bytes() == TAR


def test_a_server_without_ranges(mirrors: Mirrors, server: Server) -> None:
    partial = mirrors.directory / f"{GOOD.file}.part"
    partial.parent.mkdir()
    partial.write_bytes(TAR[:1000])
    server.instead[GOOD.path] = says(TAR)
    assert fetch(mirrors).read_bytes() == TAR


def test_a_server_that_is_overloaded_for_a_moment(mirrors: Mirrors, server: Server) -> None:
    answers = iter([503, 429, 502])

    def overloaded(handler: object) -> None:
        status = next(answers, None)
        behaviour = says(b"", status=status) if status else says(server.files[GOOD.listing])
        behaviour(handler)  # type: ignore[arg-type]

    patient = replace(mirrors, patience=replace(mirrors.patience, tries=4))
    server.instead[GOOD.listing] = overloaded
    assert newest_stage3(patient, lambda _: None).build == BUILD


def test_the_first_mirror_is_dead(mirrors: Mirrors, events: list[Event]) -> None:
    dead = closed_port()
    assert fetch(replace(mirrors, urls=(dead, *mirrors.urls)), events).read_bytes() == TAR
    said = notes(events)
    assert said[0].startswith(f"{dead}/releases/amd64/autobuilds/latest-stage3-")
    assert said[0].endswith("Connection refused; asking the next mirror")


def test_the_first_mirror_has_the_listing_alone(mirrors: Mirrors, server: Server) -> None:
    other = replace(mirrors, urls=(f"{server.url}/empty/", f"{server.url}/"))
    server.files[f"/empty{GOOD.listing}"] = server.files[GOOD.listing]
    server.files[f"/empty{GOOD.path}.DIGESTS"] = server.files[f"{GOOD.path}.DIGESTS"]
    assert fetch(other).read_bytes() == TAR


def test_all_mirrors_are_told_of_when_none_is_good(mirrors: Mirrors) -> None:
    urls = (closed_port(), f"{mirrors.urls[0]}/elsewhere")
    with pytest.raises(MirrorsFailed, match="Connection refused") as error:
        newest_stage3(replace(mirrors, urls=urls), lambda _: None)
    assert f"{urls[1]}/releases/amd64/autobuilds: there is no listing" in str(error.value)


def test_the_listing_of_an_old_mirror(mirrors: Mirrors, server: Server, signer: Signer) -> None:
    """Bare, and under the name that it had before 2026."""
    old = Build(name="amd64-musl", build=OLDER)
    server.files = bare(
        {f"{old.path}.asc": server.files[f"{GOOD.path}.asc"], old.path: TAR},
        [(old.listing, old.listed), (f"{old.path}.DIGESTS", old.digests)],
    )
    stage3 = newest_stage3(mirrors, lambda _: None)
    assert (stage3.build, stage3.file) == (OLDER, old.file)
    assert fetch_stage3(mirrors, stage3, lambda _: None).read_bytes() == TAR


@pytest.mark.parametrize(
    ("flavour", "architecture", "directory", "name"),
    [
        (Flavour.MUSL_HARDENED, "x86_64", "amd64", "amd64-musl-hardened-openrc"),
        (Flavour.MUSL_LLVM, "arm64", "arm64", "arm64-musl-llvm-openrc"),
        (Flavour.GLIBC, "i686", "x86", "i686-openrc"),
        (Flavour.MUSL, "armv7a_hardfp", "arm", "armv7a_hardfp_musl-openrc"),
        (Flavour.MUSL, "ppc/ppc64le", "ppc", "ppc64le-musl-openrc"),
    ],
)
def test_every_flavour_has_its_listing(
    mirrors: Mirrors, server: Server, flavour: Flavour, architecture: str, directory: str, name: str
) -> None:
    asked = replace(mirrors, flavour=flavour, architecture=architecture)
    with pytest.raises(Exception, match=f"no listing latest-stage3-{name}.txt"):
        newest_stage3(asked, lambda _: None)
    above = f"/releases/{directory}/autobuilds/latest-stage3-"
    assert [request.path for request in server.requests] == [
        f"{above}{name}.txt",
        f"{above}{name.removesuffix('-openrc')}.txt",
    ]


def test_the_build_of_a_lock(mirrors: Mirrors, server: Server, signer: Signer, keys: Keys) -> None:
    """It is fetched without a look at the listing, which has a newer one."""
    locked = newest_stage3(mirrors, lambda _: None)
    del server.files[GOOD.listing]
    server.requests.clear()
    assert fetch_stage3(mirrors, locked, lambda _: None).read_bytes() == TAR
    assert GOOD.listing not in {request.path for request in server.requests}


def test_a_listing_as_old_as_the_lock(mirrors: Mirrors) -> None:
    locked = newest_stage3(mirrors, lambda _: None)
    assert newest_stage3(mirrors, lambda _: None, locked=locked) == locked


def test_a_download_that_was_cut_is_gone_on_with(mirrors: Mirrors, server: Server) -> None:
    partial = mirrors.directory / f"{GOOD.file}.part"
    partial.parent.mkdir()
    partial.write_bytes(TAR[:200_000])
    assert fetch(mirrors).read_bytes() == TAR
    (request,) = server.asked(GOOD.path)
    assert request.headers["Range"] == "bytes=200000-"


@pytest.mark.parametrize("rest", [b"garbage", TAR[:-1] + b"x", TAR + b"more"])
def test_a_download_that_was_cut_and_is_no_good_is_started_over(
    mirrors: Mirrors, server: Server, rest: bytes
) -> None:
    partial = mirrors.directory / f"{GOOD.file}.part"
    partial.parent.mkdir()
    partial.write_bytes(rest)
    assert fetch(mirrors).read_bytes() == TAR
    assert "Range" not in server.asked(GOOD.path)[-1].headers


def test_what_is_kept_is_not_fetched_again(mirrors: Mirrors, server: Server) -> None:
    stage3 = newest_stage3(mirrors, lambda _: None)
    file = fetch_stage3(mirrors, stage3, lambda _: None)
    server.requests.clear()
    assert fetch_stage3(mirrors, stage3, lambda _: None) == file
    assert server.requests == []


@pytest.mark.parametrize("lost", ["signature", "content"])
def test_what_is_kept_and_no_good_any_more_is_fetched_again(
    mirrors: Mirrors, events: list[Event], lost: str
) -> None:
    stage3 = newest_stage3(mirrors, lambda _: None)
    file = fetch_stage3(mirrors, stage3, lambda _: None)
    if lost == "signature":
        file.with_name(f"{file.name}.asc").unlink()
    else:
        file.write_bytes(TAR[:-1] + b"x")
    assert fetch_stage3(mirrors, stage3, events.append).read_bytes() == TAR
    assert notes(events)[0].startswith(f"fetching {GOOD.file} again: ")


def test_a_redirection_is_followed(mirrors: Mirrors, server: Server) -> None:
    server.files["/elsewhere"] = server.files.pop(GOOD.path)
    server.instead[GOOD.path] = leads_to("/elsewhere")
    assert fetch(mirrors).read_bytes() == TAR


def test_a_proxy(mirrors: Mirrors, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert fetch(replace(mirrors, urls=("http://mirror.invalid",))).read_bytes() == TAR


def test_an_unknown_architecture(mirrors: Mirrors) -> None:
    with pytest.raises(Exception, match="pdp11: it is not known") as error:
        newest_stage3(replace(mirrors, architecture="pdp11"), lambda _: None)
    assert "stage3_arch" in str(error.value)


def test_a_full_disk(mirrors: Mirrors, tmp_path: Path) -> None:
    stage3 = newest_stage3(mirrors, lambda _: None)
    (tmp_path / "file").touch()
    with pytest.raises(Exception, match=r"file/seeds: Not a directory\n  make room"):
        fetch_stage3(replace(mirrors, directory=tmp_path / "file/seeds"), stage3, lambda _: None)


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../stage3-x.tar"},
        {"file": "x.tar"},
        {"build": "../.."},
        {"directory": ".."},
        {"sha512": "0"},
        {"size": 0},
        {"size": 1 << 60},
    ],
)
def test_a_lock_cannot_lead_elsewhere(mirrors: Mirrors, change: dict[str, str]) -> None:
    stage3 = newest_stage3(mirrors, lambda _: None)
    with pytest.raises(Exception, match=r"stage3"):
        Stage3(**{**{name: getattr(stage3, name) for name in stage3.__slots__}, **change})
