"""What is refused: each with its own words, before a byte is unpacked, and with nothing left."""

import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bh_container.seed.choose import Sources, choose_seed
from bh_container.seed.lab import LabRecipe
from bh_container.seed.mirror import Mirrors
from bh_container.seed.refusal import Refused
from bh_container.seed.stage3 import Stage3
from tests.conftest import cannot
from tests.fakes import FakeEngine
from tests.seed.conftest import Keys, trust
from tests.seed.release import (
    OLDER,
    TAR,
    Behaviour,
    Build,
    Server,
    drops,
    endless,
    leads_to,
    make_tar,
    says,
    serve,
)
from tests.seed.signer import Key, Signer

GOOD = Build()
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """A mirror to spoil, and what is needed for it."""

    server: Server
    signer: Signer
    keys: Keys

    def sign(self, path: str, text: str) -> None:
        """Publish a text, signed as it should be."""
        self.server.files[path] = self.signer.clear_sign(self.keys.release, text)

    def publish(self, build: Build, key: Key | None = None) -> None:
        """Publish a build, signed by this key."""
        self.server.files.update(build.files(self.signer, key or self.keys.release))

    def spoil(self, path: str, behaviour: Behaviour) -> None:
        """Have the server do something else for a path."""
        self.server.instead[path] = behaviour


@pytest.fixture
def scene(server: Server, signer: Signer, keys: Keys) -> Scene:
    return Scene(server, signer, keys)


def sources(mirrors: Mirrors) -> Sources:
    nowhere = mirrors.directory
    lab = LabRecipe(directory=nowhere, distfiles=nowhere, work=nowhere)
    return Sources(lab=lab, mirrors=mirrors)


def refused(
    engine: FakeEngine, mirrors: Mirrors, words: str, locked: Stage3 | None = None
) -> Refused:
    """The refusal; nothing has reached the engine, and nothing has the name of a seed."""
    with pytest.raises(Refused, match=words) as error:
        choose_seed(engine, "stage3", sources(mirrors), lambda _: None, locked=locked)
    assert engine.calls == []
    left = mirrors.directory.iterdir() if mirrors.directory.exists() else ()
    assert {path.name for path in left} <= {".lock", f"{GOOD.file}.part"}
    assert error.value.remedy
    assert error.value.exit_status == 2
    return error.value


def accepted(engine: FakeEngine, mirrors: Mirrors) -> None:
    """A later run takes the good tarball, whatever an earlier one left."""
    seed = choose_seed(engine, "stage3", sources(mirrors), lambda _: None)
    assert seed.stage3 is not None
    assert seed.stage3.file == GOOD.file
    assert (mirrors.directory / GOOD.file).read_bytes() == TAR
    assert [call[0] for call in engine.calls] == ["import_image"]


CHANGED = TAR[:5000] + bytes([TAR[5000] ^ 1]) + TAR[5001:]
OUTSIDE = Build(content=make_tar("../outside"))
ABSOLUTE = Build(content=make_tar("/etc/passwd"))

Spoil = Callable[[Scene], None]
SPOILED: dict[str, tuple[Spoil, str]] = {
    "a wrong signature": (
        lambda s: s.server.files.update({f"{GOOD.path}.asc": s.signer.sign(s.keys.release, b"x")}),
        f"{GOOD.file}: its signature is wrong",
    ),
    "no signature": (
        lambda s: s.server.files.update({f"{GOOD.path}.asc": b"nothing\n"}),
        f"{GOOD.file}: there is no OpenPGP signature",
    ),
    "a signature that is missing": (
        lambda s: s.server.files.__delitem__(f"{GOOD.path}.asc"),
        r"\.asc: there is no such file",
    ),
    "another key": (
        lambda s: s.server.files.update({f"{GOOD.path}.asc": s.signer.sign(s.keys.other, TAR)}),
        f"{GOOD.file}: it is signed by another key",
    ),
    "another key for the listing": (
        lambda s: s.server.files.update({GOOD.listing: s.signer.clear_sign(s.keys.other, "x")}),
        r"latest-stage3-\S+: it is signed by another key",
    ),
    "a listing that was changed": (
        lambda s: s.server.files.update(
            {GOOD.listing: s.server.files[GOOD.listing].replace(b"# ts", b"# st")}
        ),
        r"latest-stage3-\S+: its signature is wrong",
    ),
    "a byte of the tarball changed": (
        lambda s: s.server.files.update({GOOD.path: CHANGED}),
        f"{GOOD.file}: its SHA512 is not the one that was published",
    ),
    "another SHA-512": (
        lambda s: s.sign(f"{GOOD.path}.DIGESTS", f"# SHA512 HASH\n{'0' * 128}  {GOOD.file}\n"),
        f"{GOOD.file}: its SHA512 is not the one that was published",
    ),
    "another SHA-256": (
        lambda s: s.sign(f"{GOOD.path}.sha256", f"# SHA256 HASH\n{'0' * 64}  {GOOD.file}\n"),
        f"{GOOD.file}: its SHA256 is not the one that was published",
    ),
    "a truncated tarball": (
        lambda s: s.server.files.update({GOOD.path: TAR[:-1000]}),
        f"is truncated: it has {len(TAR) - 1000} bytes, and should have {len(TAR)}",
    ),
    "a connection that never brings the end": (
        lambda s: s.spoil(GOOD.path, drops(s.server, GOOD.path, 100, after=0)),
        f"after 0 of {len(TAR)} bytes",
    ),
    "digests of another file": (
        lambda s: s.sign(f"{GOOD.path}.DIGESTS", Build(build=OLDER).digests),
        f"has digests of .*{OLDER}.*, and none of {GOOD.file}",
    ),
    "digests without SHA-512": (
        lambda s: s.sign(f"{GOOD.path}.DIGESTS", f"# BLAKE2B HASH\n{'0' * 128}  {GOOD.file}\n"),
        f"none of the SHA-512 of {GOOD.file}",
    ),
    "a path outside the tree": (
        lambda s: s.sign(GOOD.listing, f"../../{GOOD.file} 1000\n"),
        r"names '\.\./\.\./.*', which is outside of the mirror's tree",
    ),
    "an absolute path": (
        lambda s: s.sign(GOOD.listing, f"/{GOOD.file} 1000\n"),
        "which is outside of the mirror's tree",
    ),
    "an endless tarball": (
        lambda s: s.spoil(GOOD.path, endless),
        f"has no end: more than the {len(TAR)} bytes it should have",
    ),
    "an endless listing": (
        lambda s: s.spoil(GOOD.listing, endless),
        r"latest-stage3-\S+: has no end: more than 1048576 bytes",
    ),
    "an endless signature": (
        lambda s: s.spoil(f"{GOOD.path}.asc", endless),
        r"\.asc: has no end",
    ),
    "a page for a tarball": (
        lambda s: s.spoil(GOOD.path, says(PAGE, "text/html; charset=utf-8")),
        rf"{GOOD.file}: is a web page",
    ),
    "a page for a listing": (
        lambda s: s.spoil(GOOD.listing, says(PAGE)),
        r"latest-stage3-\S+: is a web page",
    ),
    "an empty listing": (lambda s: s.sign(GOOD.listing, "# nothing\n"), "is empty"),
    "no listing": (lambda s: s.spoil(GOOD.listing, says(b"?", status=403)), "answers 403"),
    "a listing of something else": (
        lambda s: s.sign(GOOD.listing, Build(name="amd64-openrc").listed),
        "which is not the stage3 that was asked for",
    ),
    "a listing with an absurd size": (
        lambda s: s.sign(GOOD.listing, GOOD.listed.replace(str(len(TAR)), "9" * 18)),
        "gives .* the size '9",
    ),
    "a member outside of the root": (
        lambda s: s.publish(OUTSIDE),
        f"{GOOD.file}: its member '../outside' leads outside",
    ),
    "a member with an absolute name": (
        lambda s: s.publish(ABSOLUTE),
        f"{GOOD.file}: its member '/etc/passwd' leads outside",
    ),
    "no archive": (
        lambda s: s.publish(Build(content=b"text" * 1000)),
        f"{GOOD.file}: is no tar archive",
    ),
    "redirections without an end": (
        lambda s: s.spoil(GOOD.listing, leads_to(GOOD.listing)),
        "leads on and on",
    ),
    "a redirection to something else": (
        lambda s: s.spoil(GOOD.listing, leads_to("file:///etc/passwd")),
        "No connection adapters",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), SPOILED.values(), ids=SPOILED)
def test_it_is_refused(
    fake_engine: FakeEngine,
    mirrors: Mirrors,
    scene: Scene,
    published: dict[str, bytes],
    spoil: Spoil,
    words: str,
) -> None:
    spoil(scene)
    refused(fake_engine, mirrors, words)
    if mirrors.directory.exists():  # Else it was refused before anything could be left.
        scene.server.instead.clear()
        scene.server.files.update(published)
        accepted(fake_engine, mirrors)


@pytest.mark.parametrize(
    ("name", "words"),
    [("expired", "the key that signed it has expired"), ("revoked", "has been revoked")],
)
def test_a_key_that_was_good_once(
    fake_engine: FakeEngine, mirrors: Mirrors, scene: Scene, tmp_path: Path, name: str, words: str
) -> None:
    key = getattr(scene.keys, name)
    scene.server.files[f"{GOOD.path}.asc"] = scene.signer.sign(key, TAR)
    for path, text in ((GOOD.listing, GOOD.listed), (f"{GOOD.path}.DIGESTS", GOOD.digests)):
        scene.server.files[path] = text.encode()
    bad = replace(mirrors, keys=trust(tmp_path, key))
    assert key.fingerprint in refused(fake_engine, bad, words).what
    scene.publish(GOOD)
    accepted(fake_engine, mirrors)


def test_a_listing_older_than_the_lock(
    fake_engine: FakeEngine, mirrors: Mirrors, scene: Scene
) -> None:
    from bh_container.seed.mirror import newest_stage3

    locked = newest_stage3(mirrors, lambda _: None)
    scene.sign(GOOD.listing, Build(build=OLDER).listed)
    with pytest.raises(Refused, match=f"{OLDER}, older than the lock's {GOOD.build}"):
        newest_stage3(mirrors, lambda _: None, locked=locked)


def test_other_bytes_than_those_of_the_lock(
    fake_engine: FakeEngine, mirrors: Mirrors, scene: Scene
) -> None:
    locked = Stage3(
        directory="amd64", build=GOOD.build, file=GOOD.file, size=len(TAR), sha512="0" * 128
    )
    refused(fake_engine, mirrors, "its SHA512 is not the one that was published", locked)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of the loopback's, which requests trusts."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True,
            capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        cannot("there is no openssl: apt-get install openssl")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("path", [GOOD.listing, f"{GOOD.path}.asc", GOOD.path])
def test_a_redirection_to_plain_http(
    fake_engine: FakeEngine, mirrors: Mirrors, server: Server, tls: ssl.SSLContext, path: str
) -> None:
    with serve(tls) as secure:
        secure.files.update(server.files)
        secure.instead[path] = leads_to(f"{server.url}{path}")
        safe = replace(mirrors, urls=(secure.url,))
        refused(fake_engine, safe, f"leads from https to {server.url}")
        assert server.requests == []
        secure.instead.clear()
        accepted(fake_engine, safe)


def test_a_certificate_that_nobody_vouches_for(
    fake_engine: FakeEngine,
    mirrors: Mirrors,
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with serve(tls) as secure:
        refused(fake_engine, replace(mirrors, urls=(secure.url,)), "certificate verify failed")
