"""A seed from a tarball of the user's."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.errors import BhError
from bh_container.events import Event, Transfer
from bh_container.seed.archive import local_seed
from bh_container.seed.mirror import Mirrors
from bh_container.seed.refusal import Refused
from bh_container.seed.seed import Seed
from tests.fakes import FakeEngine
from tests.seed.conftest import Keys, trust
from tests.seed.release import TAR, make_tar
from tests.seed.signer import Signer

DIGEST = hashlib.sha512(TAR).hexdigest()
Take = Callable[..., Seed]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A tarball that nobody signed."""
    path = tmp_path / "stage3.tar"
    path.write_bytes(TAR)
    return path


@pytest.fixture
def signed(archive: Path, signer: Signer, keys: Keys) -> Path:
    """The same with a signature beside it."""
    archive.with_name("stage3.tar.asc").write_bytes(signer.sign(keys.release, TAR))
    return archive


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def take(fake_engine: FakeEngine, mirrors: Mirrors, events: list[Event]) -> Take:
    def take(archive: Path, unsigned: bool = False) -> Seed:
        return local_seed(fake_engine, archive, mirrors, unsigned, events.append)

    return take


def test_a_signed_one_is_identified_by_its_content(
    take: Take, signed: Path, fake_engine: FakeEngine
) -> None:
    seed = take(signed)
    assert seed.identity == DIGEST
    image = fake_engine.image(seed.image)
    assert image is not None
    assert image.references == (f"localhost/bh-container/seed:{DIGEST[:32]}",)


def test_a_signature_in_another_form(take: Take, archive: Path, signer: Signer, keys: Keys) -> None:
    binary = signer.gpg("-u", keys.release.fingerprint, "--detach-sign", data=TAR)
    archive.with_name("stage3.tar.sig").write_bytes(binary)
    assert take(archive).identity == DIGEST


def test_an_unsigned_one_is_refused(take: Take, archive: Path, fake_engine: FakeEngine) -> None:
    with pytest.raises(Refused, match=r"no signature beside it \(stage3\.tar\.asc\)") as error:
        take(archive)
    assert "--unsigned-seed" in str(error.value)
    assert fake_engine.calls == []


def test_an_unsigned_one_is_never_taken_for_a_signed_one(
    take: Take, archive: Path, signer: Signer, keys: Keys, fake_engine: FakeEngine
) -> None:
    seed = take(archive, unsigned=True)
    assert seed.identity == f"unsigned-{DIGEST}"
    image = fake_engine.image(seed.image)
    assert image is not None
    assert image.references == (f"localhost/bh-container/seed:unsigned-{DIGEST[:32]}",)
    archive.with_name("stage3.tar.asc").write_bytes(signer.sign(keys.other, TAR))
    with pytest.raises(Refused, match="another key"):
        take(archive, unsigned=True)


def test_what_was_allowed_once_is_not_asked_again(take: Take, archive: Path) -> None:
    first = take(archive, unsigned=True)
    assert take(archive) == first
    archive.write_bytes(make_tar("more"))
    with pytest.raises(Refused, match="no signature"):
        take(archive)


def test_it_is_imported_once(
    take: Take, signed: Path, tmp_path: Path, fake_engine: FakeEngine
) -> None:
    first = take(signed)
    assert take(signed.rename(tmp_path / "other name.tar")) == first
    assert [call[0] for call in fake_engine.calls] == ["import_image"]


def test_the_import_tells_how_far_it_is(take: Take, signed: Path, events: list[Event]) -> None:
    take(signed)
    size = len(TAR)
    assert events == [Transfer(unit="host", what="importing stage3.tar", done=size, total=size)]


@pytest.mark.parametrize("content", [TAR[:-1] + b"x", TAR[:-1], TAR + b"x"])
def test_a_changed_one_is_refused(
    take: Take, signed: Path, content: bytes, fake_engine: FakeEngine
) -> None:
    signed.write_bytes(content)
    with pytest.raises(Refused, match=r"stage3\.tar: its signature is wrong"):
        take(signed)
    assert fake_engine.calls == []


def test_a_key_that_nobody_pinned(
    fake_engine: FakeEngine, mirrors: Mirrors, signed: Path, keys: Keys, tmp_path: Path
) -> None:
    other = replace(mirrors, keys=trust(tmp_path, keys.other))
    with pytest.raises(Refused, match=f"another key .*{keys.release.fingerprint}"):
        local_seed(fake_engine, signed, other, False, lambda _: None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (make_tar("a/../../b"), "member 'a/../../b' leads outside"),
        (make_tar("/b"), "member '/b' leads outside"),
        (b"", "is empty"),
        (bytes(10240), "nothing in it"),
        (b"<html>", "is no tar archive"),
        (TAR[:100_000], "is no tar archive, or a damaged one"),
    ],
)
def test_what_is_in_it_is_looked_at_first(
    take: Take, archive: Path, content: bytes, words: str, fake_engine: FakeEngine
) -> None:
    archive.write_bytes(content)
    with pytest.raises(BhError, match=words):
        take(archive, unsigned=True)
    assert fake_engine.calls == []


@pytest.mark.parametrize(
    ("name", "words"), [("missing.tar", "No such file"), (".", "Is a directory")]
)
def test_what_cannot_be_read(
    take: Take, tmp_path: Path, name: str, words: str, fake_engine: FakeEngine
) -> None:
    with pytest.raises(BhError, match=words) as error:
        take(tmp_path / name)
    assert error.value.remedy is not None
    assert "--seed" in error.value.remedy
    assert fake_engine.calls == []
