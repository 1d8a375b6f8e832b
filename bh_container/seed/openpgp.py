"""OpenPGP signatures, checked by gpg in a home of its own that holds nothing but pinned keys.

A signature counts only when gpg says both GOODSIG and VALIDSIG of it, and the primary key of it is
one of the pinned fingerprints. gpg's exit status is not asked: it is 0 for a key that has expired.
What gpg says is described in its doc/DETAILS.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from bh_container.errors import MissingProgram
from bh_container.seed.refusal import Refused

CLEAR_SIGNED = b"-----BEGIN PGP SIGNED MESSAGE-----"
_PREFIX = "[GNUPG:] "
_OPTIONS = (
    "--no-options",
    "--batch",
    "--no-tty",
    "--no-autostart",
    "--disable-dirmngr",
    "--no-auto-key-retrieve",
    "--trust-model=always",
    "--quiet",
)
_NEWER = "see what Gentoo publishes of its keys (gentoo.org, Release media signatures), and set "
_CHANGED = "it was changed on its way or on the mirror: give another (setting tarball_mirror)"


class Flaw(StrEnum):
    """Why a signature does not count: what a user is told, before the key's fingerprint."""

    WRONG = "its signature is wrong: these are not the bytes that were signed by"
    OTHER_KEY = "it is signed by another key than those that are trusted:"
    EXPIRED = "the key that signed it has expired:"
    REVOKED = "the key that signed it has been revoked:"
    OUTDATED = "its signature has expired; it was made by"
    UNREADABLE = "this gpg cannot check the signature of"
    MISSING = "there is no OpenPGP signature"


REMEDIES = {
    Flaw.WRONG: _CHANGED,
    Flaw.OTHER_KEY: f"{_NEWER}stage3_signers to the fingerprint if this one is among them",
    Flaw.EXPIRED: f"{_NEWER}stage3_key to a newer copy of the key",
    Flaw.REVOKED: f"do not use the file; {_NEWER}stage3_signers to the key that signs now",
    Flaw.OUTDATED: _CHANGED,
    Flaw.UNREADABLE: "update gpg",
    Flaw.MISSING: _CHANGED,
}


class SignatureRefused(Refused):
    """A signature that does not count. `key` is a fingerprint, or what there is of one."""

    def __init__(self, what: str, flaw: Flaw, key: str = "") -> None:
        super().__init__(f"{what}: {flaw} {key}".rstrip(), remedy=REMEDIES[flaw])
        self.flaw = flaw


class Keyring:
    """Keys in a home of gpg's, and the fingerprints of those that are trusted."""

    def __init__(self, home: Path, trusted: Sequence[str]) -> None:
        self._home = home
        self.trusted = tuple(trusted)

    def add(self, keys: bytes) -> None:
        """Take in public keys, armoured or not; what is no key is passed over."""
        self._gpg(["--import"], keys)

    def usable(self) -> frozenset[str]:
        """The fingerprints of the primary keys that are here, neither expired nor revoked."""
        listed, _ = self._gpg(["--with-colons", "--list-keys"])
        found: set[str] = set()
        validity = None
        for record in (line.split(":") for line in listed.decode(errors="replace").split("\n")):
            if record[0] == "pub":
                validity = record[1]
            elif record[0] == "fpr" and validity is not None:
                if validity not in ("e", "r"):
                    found.add(record[9])
                validity = None
        return frozenset(found)

    def export(self, fingerprint: str) -> bytes:
        """One key with all its signatures; nothing where it is not here."""
        key, _ = self._gpg(["--export", fingerprint])
        return key

    def check_detached(self, signature: bytes, file: Path, what: str) -> None:
        """Raise `SignatureRefused` where no trusted key signed the file."""
        _, said = self._gpg(["--verify", "--", "-", str(file.absolute())], signature)
        _judge(said, self.trusted, what)

    def signed_text(self, message: bytes, what: str) -> str:
        """What a trusted key signed of a clear-signed message, and nothing that stands around
        it; raises `SignatureRefused`."""
        start = message.find(CLEAR_SIGNED)
        if start < 0:
            raise SignatureRefused(what, Flaw.MISSING)
        # gpg takes the first message there is, and that could be one that is not signed at all.
        text, said = self._gpg(["--decrypt"], message[start:])
        _judge(said, self.trusted, what)
        return text.decode(errors="replace")

    def _gpg(self, words: Sequence[str], data: bytes = b"") -> tuple[bytes, list[str]]:
        status = self._home / "status"
        status.unlink(missing_ok=True)
        command = ["gpg", *_OPTIONS, f"--homedir={self._home}", f"--status-file={status}", *words]
        try:
            done = subprocess.run(
                command, input=data, capture_output=True, check=False, env=_environment()
            )
        except FileNotFoundError:
            raise MissingProgram("gpg", debian="gpg", gentoo="app-crypt/gnupg") from None
        said = status.read_text(encoding="utf-8", errors="replace") if status.exists() else ""
        # Not splitlines(): a key's owner may have put a line separator of Unicode into its name.
        lines = (line for line in said.split("\n") if line.startswith(_PREFIX))
        return done.stdout, [line.removeprefix(_PREFIX) for line in lines]


@contextmanager
def open_keyring(trusted: Sequence[str]) -> Iterator[Keyring]:
    """An empty keyring that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="bh-gpg-") as home:
        yield Keyring(Path(home), trusted)


def _judge(said: Sequence[str], trusted: Sequence[str], what: str) -> None:
    """Raise the flaw of the first signature, unless there is one that counts."""
    flaws = []
    for words in _signatures(said):
        flaw, key = _flaw(words, trusted)
        if flaw is None:
            return
        flaws.append((flaw, key))
    raise SignatureRefused(what, *(flaws or [(Flaw.MISSING, "")])[0])


def _signatures(said: Sequence[str]) -> list[dict[str, list[str]]]:
    """What is said of each signature, by keyword."""
    signatures: list[dict[str, list[str]]] = []
    for line in said:
        keyword, *words = line.split(" ")
        if keyword == "NEWSIG":
            signatures.append({})
        elif signatures:
            signatures[-1][keyword] = words
    return signatures


def _flaw(said: dict[str, list[str]], trusted: Sequence[str]) -> tuple[Flaw | None, str]:
    if "BADSIG" in said:
        return Flaw.WRONG, said["BADSIG"][0]
    if "VALIDSIG" not in said:
        if "NO_PUBKEY" in said:
            return Flaw.OTHER_KEY, said["ERRSIG"][-1] if "ERRSIG" in said else said["NO_PUBKEY"][0]
        return Flaw.UNREADABLE, said["ERRSIG"][0] if "ERRSIG" in said else "an unknown key"
    key = said["VALIDSIG"][-1]
    if key not in trusted:
        return Flaw.OTHER_KEY, key
    for keyword, flaw in (
        ("REVKEYSIG", Flaw.REVOKED),
        ("EXPKEYSIG", Flaw.EXPIRED),
        ("EXPSIG", Flaw.OUTDATED),
    ):
        if keyword in said:
            return flaw, key
    return (None, key) if "GOODSIG" in said else (Flaw.UNREADABLE, key)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GNUPG")}
    return {**kept, "LC_ALL": "C"}
