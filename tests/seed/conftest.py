"""Keys, made once for all tests, and a release mirror for each."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container.config.settings import Flavour
from bh_container.seed.download import Patience
from bh_container.seed.keys import KeySource
from bh_container.seed.mirror import Mirrors
from tests.conftest import cannot
from tests.seed.release import Build, Server, serve
from tests.seed.signer import LONG_AGO, Key, Signer

QUICK = Patience(connect=5, silence=5, tries=3, pause=0)


@dataclass(frozen=True, slots=True)
class Keys:
    """What may sign a stage3; only `release` should."""

    release: Key
    other: Key
    expired: Key
    revoked: Key


@pytest.fixture(scope="session")
def signer() -> Iterator[Signer]:
    """A home of gpg's; its path is short, as that of a socket has to be."""
    if not shutil.which("gpg") or not shutil.which("gpg-agent"):
        cannot("there is no gpg: apt-get install gnupg")
    with tempfile.TemporaryDirectory(prefix="bh-sign-") as home:
        signer = Signer(Path(home))
        yield signer
        signer.close()


@pytest.fixture(scope="session")
def keys(signer: Signer) -> Keys:
    """Made once: a key takes gpg much longer than a signature."""
    with tempfile.TemporaryDirectory(prefix="bh-sign-") as home:
        return Keys(
            release=signer.make("release"),
            other=signer.make("other"),
            expired=signer.make("expired", "1d", LONG_AGO),
            revoked=signer.revoke(signer.make("revoked"), Path(home)),
        )


@pytest.fixture(scope="session")
def published(signer: Signer, keys: Keys) -> dict[str, bytes]:
    """A good stage3 on a mirror, signed once."""
    return Build().files(signer, keys.release)


@pytest.fixture
def server(published: dict[str, bytes]) -> Iterator[Server]:
    """A mirror with a good stage3."""
    with serve() as server:
        server.files.update(published)
        yield server


@pytest.fixture
def mirrors(tmp_path: Path, server: Server, keys: Keys) -> Mirrors:
    """That mirror alone, and its key in a file."""
    return Mirrors(
        urls=(server.url,),
        flavour=Flavour.MUSL,
        architecture="amd64",
        keys=trust(tmp_path, keys.release),
        directory=tmp_path / "seeds",
        patience=QUICK,
    )


def trust(directory: Path, key: Key) -> KeySource:
    """The user has this key in a file, and pins it."""
    file = directory / f"{key.fingerprint}.key"
    file.write_bytes(key.public)
    return KeySource(signers=(key.fingerprint,), file=file, cache=directory / "keys")
