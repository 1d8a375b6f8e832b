"""How the keys that sign stage3s get here: from a file of the user's, or from where Gentoo
publishes them. Whatever else comes along, only the pinned keys are kept."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bh_container.errors import BhError
from bh_container.events import Listener, Note
from bh_container.seed.download import Web, read_url
from bh_container.seed.openpgp import Keyring, open_keyring
from bh_container.seed.place import UNIT, write_whole
from bh_container.seed.refusal import Refused

PUBLISHED = (
    # Web Key Directory: the z-base-32 of the SHA-1 of `releng`.
    "https://gentoo.org/.well-known/openpgpkey/hu/wtktzo4gyuhzu8a4z5fdj3fgmr1u6tob?l=releng",
    "https://keys.gentoo.org/pks/lookup?op=get&options=mr&exact=on&search=0x{fingerprint}",
    "https://qa-reports.gentoo.org/output/service-keys.gpg",
)
LARGEST = 4 << 20
FRESH = 30 * 24 * 3600
"""For how many seconds a key is used before it is asked for again, whether it was revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """`signers` are the pinned fingerprints. Their keys are in `file`; without one they are
    fetched from `published` and kept in `cache`."""

    signers: tuple[str, ...]
    cache: Path
    file: Path | None = None
    published: tuple[str, ...] = PUBLISHED


class KeyMissing(BhError):
    """A key that is trusted cannot be had."""


@contextmanager
def trusted_keyring(source: KeySource, web: Web, tell: Listener) -> Iterator[Keyring]:
    """A keyring with the pinned keys and no others; raises `KeyMissing` where one is missing."""
    keys = [_key(source, signer, web, tell) for signer in source.signers]
    with open_keyring(source.signers) as keyring:
        for key in keys:
            keyring.add(key)
        yield keyring


def _key(source: KeySource, signer: str, web: Web, tell: Listener) -> bytes:
    if source.file is None:
        return _cached(source, signer, web, tell)
    if key := _key_of(_read(source.file), signer):
        return key
    raise KeyMissing(
        f"{source.file}: the key {signer} is not in it",
        remedy="correct stage3_key, which names the file, or stage3_signers, the fingerprints",
    )


def _cached(source: KeySource, signer: str, web: Web, tell: Listener) -> bytes:
    kept = source.cache / f"{signer}.gpg"
    age = time.time() - kept.stat().st_mtime if kept.exists() else None
    if age is not None and age < FRESH and _is_usable(kept.read_bytes(), signer):
        return kept.read_bytes()
    try:
        key = _fetch(source, signer, web)
    except KeyMissing as error:
        if age is None:
            raise
        tell(Note(unit=UNIT, text=f"{error.what}; using the copy of the key in {kept}"))
        return kept.read_bytes()
    write_whole(kept, key)
    return key


def _fetch(source: KeySource, signer: str, web: Web) -> bytes:
    failures = []
    for place in source.published:
        url = place.format(fingerprint=signer)
        try:
            if key := _key_of(read_url(web, url, LARGEST), signer):
                return key
            failures.append(f"{url}: the key is not in what is there")
        except Refused as error:
            failures.append(error.what)
    reasons = "".join(f"\n  {failure}" for failure in failures)
    raise KeyMissing(
        f"the key {signer} cannot be fetched:{reasons}",
        remedy="set stage3_key to a file that holds it; on Gentoo that is "
        "/usr/share/openpgp-keys/gentoo-release.asc",
    )


def _key_of(data: bytes, signer: str) -> bytes:
    """The key of this fingerprint alone; nothing where it is not there."""
    with open_keyring(()) as keyring:
        keyring.add(data)
        return keyring.export(signer)


def _is_usable(key: bytes, signer: str) -> bool:
    with open_keyring(()) as keyring:
        keyring.add(key)
        return signer in keyring.usable()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise KeyMissing(f"{file}: {error.strerror}", remedy="correct stage3_key") from error
