"""Where the keys come from."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.events import Event, Note
from bh_container.seed.download import Web, open_web
from bh_container.seed.keys import FRESH, PUBLISHED, KeyMissing, KeySource, trusted_keyring
from tests.seed.conftest import QUICK, Keys
from tests.seed.release import Server, closed_port
from tests.seed.signer import Key


@pytest.fixture
def web() -> Iterator[Web]:
    with open_web(QUICK) as web:
        yield web


@pytest.fixture
def source(server: Server, keys: Keys, tmp_path: Path) -> KeySource:
    """The release key, which is published beside others."""
    server.files["/keys"] = keys.other.public + keys.release.public
    return KeySource(
        signers=(keys.release.fingerprint,),
        cache=tmp_path / "keys",
        published=(closed_port(), f"{server.url}/keys?search={{fingerprint}}"),
    )


def usable(source: KeySource, web: Web, events: list[Event] | None = None) -> frozenset[str]:
    tell = (lambda _: None) if events is None else events.append
    with trusted_keyring(source, web, tell) as keyring:
        return keyring.usable()


def kept(source: KeySource) -> Path:
    return source.cache / f"{source.signers[0]}.gpg"


def keep(source: KeySource, key: Key, age: float) -> None:
    source.cache.mkdir()
    kept(source).write_bytes(key.public)
    moment = time.time() - age
    os.utime(kept(source), (moment, moment))


def test_only_the_pinned_key_is_taken_and_kept(
    source: KeySource, web: Web, keys: Keys, server: Server
) -> None:
    assert usable(source, web) == {keys.release.fingerprint}
    assert kept(source).read_bytes() == keys.release.public
    server.requests.clear()
    assert usable(source, web) == {keys.release.fingerprint}
    assert server.requests == []


def test_a_key_that_is_not_published_there(
    source: KeySource, web: Web, server: Server, keys: Keys
) -> None:
    server.files["/keys"] = keys.other.public
    with pytest.raises(KeyMissing, match="cannot be fetched") as error:
        usable(source, web)
    text = str(error.value)
    assert "Connection refused" in text
    assert "the key is not in what is there" in text
    assert "stage3_key" in text
    assert not kept(source).exists()


def test_an_old_copy_is_asked_for_again(
    source: KeySource, web: Web, server: Server, keys: Keys
) -> None:
    keep(source, keys.release, FRESH + 60)
    usable(source, web)
    assert len(server.asked("/keys")) == 1
    assert time.time() - kept(source).stat().st_mtime < FRESH


def test_an_old_copy_is_better_than_none(source: KeySource, web: Web, keys: Keys) -> None:
    keep(source, keys.release, FRESH + 60)
    events: list[Event] = []
    alone = replace(source, published=(closed_port(),))
    assert usable(alone, web, events) == {keys.release.fingerprint}
    (note,) = events
    assert isinstance(note, Note)
    assert "using the copy" in note.text


def test_an_expired_copy_is_asked_for_again(
    source: KeySource, web: Web, server: Server, keys: Keys
) -> None:
    """Gentoo's keys expire each year, and are prolonged before."""
    expiring = replace(source, signers=(keys.expired.fingerprint,))
    keep(expiring, keys.expired, 0)
    server.files["/keys"] = keys.expired.public
    usable(expiring, web)
    assert len(server.asked("/keys")) == 1


def test_a_file_of_the_user_s(source: KeySource, web: Web, keys: Keys, tmp_path: Path) -> None:
    file = tmp_path / "many.asc"
    file.write_bytes(keys.other.public + keys.release.public)
    assert usable(replace(source, file=file), web) == {keys.release.fingerprint}
    file.write_bytes(keys.other.public)
    with pytest.raises(KeyMissing, match=r"many\.asc: the key \w+ is not in it"):
        usable(replace(source, file=file), web)
    with pytest.raises(KeyMissing, match=r"none\.asc: No such file"):
        usable(replace(source, file=tmp_path / "none.asc"), web)


def test_where_gentoo_publishes_is_safe_against_others() -> None:
    assert all(place.startswith("https://") for place in PUBLISHED)
    assert any("{fingerprint}" in place for place in PUBLISHED)
