"""A stage3 from a mirror. The order is fixed: the signatures of the listing and of the tarball,
its SHA-512, its size, the names in it; not one byte is unpacked or imported before that.

    newest = newest_stage3(mirrors, tell)                   # what the mirrors have today
    newest = newest_stage3(mirrors, tell, locked=stage3)    # the same, and never older than that
    archive = fetch_stage3(mirrors, newest, tell)           # exactly this build, verified
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bh_container.config.settings import Flavour
from bh_container.durable import move_durably
from bh_container.engine.protocol import TransferSink
from bh_container.events import Listener, Note, Transfer
from bh_container.seed.digests import DigestsInvalid, check_content, parse_digests
from bh_container.seed.download import NotThere, Patience, Web, download, open_web, read_url
from bh_container.seed.keys import KeySource, trusted_keyring
from bh_container.seed.listing import Listed, ListingInvalid, parse_listing
from bh_container.seed.members import check_members
from bh_container.seed.openpgp import CLEAR_SIGNED, Flaw, Keyring, SignatureRefused
from bh_container.seed.place import UNIT, alone_in, partial_of, write_whole
from bh_container.seed.refusal import Refused
from bh_container.seed.stage3 import Stage3, architecture_of, autobuilds, names_of

SMALL = 1 << 20
"""More bytes than any listing, signature or file of digests has."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """Where stage3s come from, and which one is wanted. `urls` are asked in turn; `architecture`
    is a name of Gentoo's, or None for that of this machine; `directory` keeps the tarballs."""

    urls: tuple[str, ...]
    flavour: Flavour
    architecture: str | None
    keys: KeySource
    directory: Path
    patience: Patience = field(default_factory=Patience)


class MirrorsFailed(Refused):
    """None of several mirrors had what was asked for."""

    def __init__(self, failures: list[Refused]) -> None:
        reasons = "".join(f"\n  {failure.what}" for failure in failures)
        super().__init__(f"no mirror has a stage3 to use:{reasons}", remedy=failures[-1].remedy)
        self.failures = tuple(failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """What a mirror is asked with."""

    web: Web
    keyring: Keyring
    tell: Listener

    def text(self, url: str) -> str:
        """A text that is signed, or one of an old mirror that never was."""
        content = read_url(self.web, url, SMALL)
        if CLEAR_SIGNED in content:
            return self.keyring.signed_text(content, url)
        return content.decode(errors="replace")

    def progress(self, what: str) -> TransferSink:
        return lambda done, total: self.tell(Transfer(unit=UNIT, what=what, done=done, total=total))


def newest_stage3(mirrors: Mirrors, tell: Listener, *, locked: Stage3 | None = None) -> Stage3:
    """The newest build that the first mirror with a good listing has; nothing large is fetched.

    Raises `Refused`, also for a listing that names an older build than `locked`.
    """
    with _visit(mirrors, tell) as visit:
        return _in_turn(mirrors, tell, lambda url: _newest(mirrors, visit, url, locked))


def fetch_stage3(mirrors: Mirrors, stage3: Stage3, tell: Listener) -> Path:
    """The tarball of exactly this build, verified; kept where it is, its signature beside it.

    Raises `Refused`; what did not pass is gone then.
    """
    with alone_in(mirrors.directory, tell), _visit(mirrors, tell) as visit:
        file = mirrors.directory / stage3.file
        if file.exists():
            try:
                _verify(visit, stage3, file, _signature_of(file).read_bytes())
            except (Refused, OSError) as error:
                tell(Note(unit=UNIT, text=f"fetching {file.name} again: {error}"))
                file.unlink()
            else:
                return file
        return _in_turn(
            mirrors, tell, lambda url: _fetch(visit, f"{url}/{stage3.path}", stage3, file)
        )


def _newest(mirrors: Mirrors, visit: _Visit, url: str, locked: Stage3 | None) -> Stage3:
    architecture = architecture_of(mirrors.architecture)
    names = names_of(architecture, mirrors.flavour)
    above = f"{url}/{autobuilds(architecture.directory)}"
    listed = _listed(visit, above, names)
    if locked and listed.build < locked.build:
        raise ListingInvalid(
            above, f"the newest build is {listed.build}, older than the lock's {locked.build}"
        )
    digests_url = f"{above}/{listed.build}/{listed.file}.DIGESTS"
    digests = parse_digests(visit.text(digests_url), digests_url, listed.file)
    if "SHA512" not in digests:
        raise DigestsInvalid(digests_url, f"the SHA-512 of {listed.file}", set())
    return Stage3(
        directory=architecture.directory,
        build=listed.build,
        file=listed.file,
        size=listed.size,
        sha512=digests["SHA512"],
    )


def _listed(visit: _Visit, above: str, names: tuple[str, ...]) -> Listed:
    for name in names:
        url = f"{above}/latest-stage3-{name}.txt"
        try:
            return parse_listing(visit.text(url), url, names)
        except NotThere:
            continue
    raise ListingInvalid(above, f"there is no listing latest-stage3-{names[0]}.txt")


def _fetch(visit: _Visit, url: str, stage3: Stage3, file: Path) -> Path:
    partial = partial_of(file)
    resumed = partial.exists()
    signature = read_url(visit.web, f"{url}.asc", SMALL)
    visit.tell(Note(unit=UNIT, text=f"downloading {url} ({stage3.size >> 20} MiB)"))
    download(visit.web, url, partial, stage3.size, visit.progress(f"downloading {file.name}"))
    try:
        _verify(visit, stage3, partial, signature)
        _verify_more(visit, stage3, partial, f"{url}.sha256")
    except Refused as error:
        partial.unlink()
        if not resumed:
            raise
        visit.tell(Note(unit=UNIT, text=f"starting over, not from what was there: {error.what}"))
        return _fetch(visit, url, stage3, file)
    write_whole(_signature_of(file), signature)
    move_durably(partial, file)
    return file


def _verify(visit: _Visit, stage3: Stage3, file: Path, signature: bytes) -> None:
    check = visit.progress(f"verifying {stage3.file}")
    digests = {"SHA512": stage3.sha512}
    try:
        visit.keyring.check_detached(signature, file, stage3.file)
    except SignatureRefused as error:
        if error.flaw is Flaw.WRONG:  # What is wrong, the tarball or the signature?
            check_content(file, stage3.size, digests, check)
        raise
    check_content(file, stage3.size, digests, check)
    check_members(file, check)


def _verify_more(visit: _Visit, stage3: Stage3, file: Path, url: str) -> None:
    """Check what else the mirror publishes of it, where it does."""
    try:
        digests = parse_digests(visit.text(url), url, stage3.file)
    except NotThere:
        return
    check_content(file, stage3.size, digests)


def _signature_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.asc")


@contextmanager
def _visit(mirrors: Mirrors, tell: Listener) -> Iterator[_Visit]:
    with open_web(mirrors.patience) as web, trusted_keyring(mirrors.keys, web, tell) as keyring:
        yield _Visit(web=web, keyring=keyring, tell=tell)


def _in_turn(mirrors: Mirrors, tell: Listener, ask: Callable[[str], T]) -> T:
    """The answer of the first mirror that has one; raises what the last ones were refused for."""
    failures: list[Refused] = []
    for url in mirrors.urls:
        try:
            return ask(url.rstrip("/"))
        except Refused as error:
            failures.append(error)
            if len(failures) < len(mirrors.urls):
                tell(Note(unit=UNIT, text=f"{error.what}; asking the next mirror"))
    raise failures[0] if len(failures) == 1 else MirrorsFailed(failures)
