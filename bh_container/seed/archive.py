"""A seed from a tarball: its image, imported once for each content."""

from pathlib import Path

from bh_container.engine.protocol import Engine
from bh_container.errors import BhError
from bh_container.events import Listener, Transfer
from bh_container.seed.digests import sha512_of
from bh_container.seed.download import open_web
from bh_container.seed.keys import trusted_keyring
from bh_container.seed.members import check_members
from bh_container.seed.mirror import Mirrors
from bh_container.seed.place import UNIT
from bh_container.seed.refusal import Refused
from bh_container.seed.seed import REPOSITORY, Seed

SIGNATURES = (".asc", ".sig")
UNSIGNED = "unsigned-"
"""Before the identity of what nobody signed: it is never taken for what somebody did."""


def local_seed(
    engine: Engine, archive: Path, mirrors: Mirrors, unsigned: bool, tell: Listener
) -> Seed:
    """The seed of a tarball of the user's, checked by the signature beside it.

    Without one it is refused, unless `unsigned` says otherwise or said so of the same bytes
    before. Raises `Refused`, before anything is imported.
    """
    identity = _digest(archive)
    if engine.image(reference_of(identity)) is None:
        beside = (archive.with_name(archive.name + ending) for ending in SIGNATURES)
        signature = next((file for file in beside if file.exists()), None)
        if signature is None:
            return _unsigned(engine, archive, identity, unsigned, tell)
        with open_web(mirrors.patience) as web, trusted_keyring(mirrors.keys, web, tell) as keyring:
            keyring.check_detached(signature.read_bytes(), archive, str(archive))
        check_members(archive)
    return import_archive(engine, archive, identity, tell)


def import_archive(engine: Engine, archive: Path, identity: str, tell: Listener) -> Seed:
    """Import a root filesystem that has been checked, unless it was imported before."""
    reference = reference_of(identity)
    image = engine.image(reference)
    if image is not None:
        return Seed(identity=identity, image=image.id)

    def progress(done: int, total: int | None) -> None:
        tell(Transfer(unit=UNIT, what=f"importing {archive.name}", done=done, total=total))

    return Seed(
        identity=identity,
        image=engine.import_image(archive, reference, labels={}, progress=progress),
    )


def _unsigned(engine: Engine, archive: Path, digest: str, allowed: bool, tell: Listener) -> Seed:
    identity = f"{UNSIGNED}{digest}"
    if engine.image(reference_of(identity)) is None:
        if not allowed:
            raise Refused(
                f"{archive}: there is no signature beside it ({archive.name}{SIGNATURES[0]})",
                remedy="put it there; or, if you trust the tarball, give --unsigned-seed",
            )
        check_members(archive)
    return import_archive(engine, archive, identity, tell)


def reference_of(identity: str) -> str:
    """The image that the content of this SHA-512, or unsigned content, is imported as."""
    kind, _, digest = identity.rpartition("-")
    return f"{REPOSITORY}:{kind}{kind and '-'}{digest[:32]}"


def _digest(archive: Path) -> str:
    try:
        return sha512_of(archive)
    except OSError as error:
        raise BhError(
            f"{archive}: {error.strerror}",
            remedy="give --seed the path of a stage3 tarball, an image reference, or 'lab'",
        ) from error
