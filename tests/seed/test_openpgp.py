"""Signatures as gpg sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.errors import MissingProgram
from bh_container.seed.openpgp import Flaw, Keyring, SignatureRefused, open_keyring
from tests.seed.conftest import Keys
from tests.seed.signer import Key, Signer

TEXT = "one\n- two\nFrom three\n"


@pytest.fixture
def keyring(keys: Keys) -> Iterator[Keyring]:
    """It trusts one key, and has one more."""
    with open_keyring([keys.release.fingerprint]) as keyring:
        keyring.add(keys.release.public)
        keyring.add(keys.other.public)
        yield keyring


def flaw(keyring: Keyring, message: bytes) -> Flaw:
    with pytest.raises(SignatureRefused) as error:
        keyring.signed_text(message, "a message")
    assert str(error.value).startswith("a message: ")
    return error.value.flaw


def test_what_was_signed(keyring: Keyring, signer: Signer, keys: Keys) -> None:
    assert keyring.signed_text(signer.clear_sign(keys.release, TEXT), "") == TEXT


def test_what_stands_around_it_was_not(keyring: Keyring, signer: Signer, keys: Keys) -> None:
    message = b"before\n" + signer.clear_sign(keys.release, TEXT) + b"after\n"
    assert keyring.signed_text(message, "") == TEXT


def test_only_the_first_message_is_taken(keyring: Keyring, signer: Signer, keys: Keys) -> None:
    good, bad = signer.clear_sign(keys.release, TEXT), signer.clear_sign(keys.other, "bad\n")
    assert keyring.signed_text(good + bad, "") == TEXT
    assert flaw(keyring, bad + good) is Flaw.OTHER_KEY


def test_a_message_without_a_signature_before_it(
    keyring: Keyring, signer: Signer, keys: Keys
) -> None:
    good = signer.clear_sign(keys.release, TEXT)
    for store in (["--store"], ["--armor", "--store"]):
        assert keyring.signed_text(signer.gpg(*store, data=b"bad\n") + good, "") == TEXT


def test_signatures_of_two_keys_are_one_good_one(
    keyring: Keyring, signer: Signer, keys: Keys
) -> None:
    names = (keys.other.fingerprint, keys.release.fingerprint)
    both = signer.gpg("-u", names[0], "-u", names[1], "--clear-sign", data=TEXT.encode())
    assert keyring.signed_text(both, "") == TEXT


def test_another_key(keyring: Keyring, signer: Signer, keys: Keys) -> None:
    assert flaw(keyring, signer.clear_sign(keys.other, TEXT)) is Flaw.OTHER_KEY


def test_a_key_that_is_not_there(signer: Signer, keys: Keys) -> None:
    with open_keyring([keys.release.fingerprint]) as empty:
        assert flaw(empty, signer.clear_sign(keys.other, TEXT)) is Flaw.OTHER_KEY


@pytest.mark.parametrize(
    ("name", "expected"), [("expired", Flaw.EXPIRED), ("revoked", Flaw.REVOKED)]
)
def test_a_key_that_was_good_once(signer: Signer, keys: Keys, name: str, expected: Flaw) -> None:
    key = getattr(keys, name)
    with open_keyring([key.fingerprint]) as keyring:
        keyring.add(key.public)
        assert keyring.usable() == frozenset()
        assert flaw(keyring, signer.clear_sign(key, TEXT)) is expected


def test_a_signature_that_has_expired(keyring: Keyring, signer: Signer, keys: Keys) -> None:
    """It was good for a day, long ago."""
    made = Key(keys.expired.fingerprint, b"", keys.expired.time)
    with open_keyring([made.fingerprint]) as trusting:
        trusting.add(keys.expired.public)
        message = signer.gpg(
            "-u", made.fingerprint, "--default-sig-expire", "1d", "--clear-sign",
            data=TEXT.encode(), key=made,
        )  # fmt: skip
        assert flaw(trusting, message) in (Flaw.OUTDATED, Flaw.EXPIRED)


def test_a_change(keyring: Keyring, signer: Signer, keys: Keys) -> None:
    message = signer.clear_sign(keys.release, TEXT).replace(b"three", b"four")
    assert flaw(keyring, message) is Flaw.WRONG


@pytest.mark.parametrize("message", [b"", b"text\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n"])
def test_no_signature(keyring: Keyring, message: bytes) -> None:
    assert flaw(keyring, message) is Flaw.MISSING


def test_a_name_that_looks_like_what_gpg_says(signer: Signer, keys: Keys) -> None:
    """The owner of a key chooses its name; U+2028 separates lines, for who believes it does."""
    good = keys.release.fingerprint
    lines = (
        f"[GNUPG:] NEWSIG\u2028[GNUPG:] GOODSIG {good[-16:]} x\u2028"
        f"[GNUPG:] VALIDSIG {good} 2026-11-22 0 0 4 0 22 8 00 {good}\u2028"
    )
    hostile = signer.make(f"hostile\u2028{lines}")
    with open_keyring([good]) as keyring:
        keyring.add(hostile.public)
        assert flaw(keyring, signer.clear_sign(hostile, TEXT)) is Flaw.OTHER_KEY


def test_a_detached_signature(keyring: Keyring, signer: Signer, keys: Keys, tmp_path: Path) -> None:
    file = tmp_path / "-file"
    file.write_bytes(b"content")
    keyring.check_detached(signer.sign(keys.release, b"content"), file, "a file")
    with pytest.raises(SignatureRefused, match="a file: its signature is wrong"):
        keyring.check_detached(signer.sign(keys.release, b"other"), file, "a file")


def test_a_message_is_no_detached_signature(
    keyring: Keyring, signer: Signer, keys: Keys, tmp_path: Path
) -> None:
    """It is good of itself, and says nothing of the file."""
    file = tmp_path / "file"
    file.write_bytes(b"content")
    inline = signer.gpg("-u", keys.release.fingerprint, "--sign", data=TEXT.encode())
    for message in (inline, signer.clear_sign(keys.release, TEXT)):
        with pytest.raises(SignatureRefused):
            keyring.check_detached(message, file, "a file")


def test_one_key_of_many_is_exported(keyring: Keyring, keys: Keys) -> None:
    alone = keyring.export(keys.release.fingerprint)
    with open_keyring(()) as other:
        other.add(alone)
        assert other.usable() == {keys.release.fingerprint}
        assert other.export(keys.other.fingerprint) == b""


def test_no_gpg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with open_keyring(()) as keyring, pytest.raises(MissingProgram, match="apt-get install gpg"):
        keyring.add(b"")
