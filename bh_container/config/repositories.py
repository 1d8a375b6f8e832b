"""What `repos.conf` says of ebuild repositories, and a configuration's own ones, `repos/*`."""

from collections.abc import Iterable
from configparser import ConfigParser, Error, SectionProxy
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from bh_container.config.problems import Report
from bh_container.config.source import children, is_present, read_source
from bh_container.config.worlds import is_directory

MOUNTED_AT = PurePosixPath("/var/db/repos")
MAIN = "gentoo"
GIT = "git"
_YES = frozenset({"yes", "true"})
_BRANCH = ("-b", "--branch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A section of repos.conf (portage(5)); None is what it does not say.

    `branch` is what git clones instead of the default. `verify` is whether git's commits must be
    signed, by `key` where that is a file of keys.
    """

    name: str
    location: str | None
    sync_type: str | None
    uri: str | None
    branch: str | None
    auto_sync: bool | None
    verify: bool
    key: str | None

    @property
    def is_git(self) -> bool:
        return self.sync_type == GIT and self.uri is not None and self.location is not None


def read_repos_conf(directory: Path, report: Report) -> tuple[Repository, ...]:
    """The sections of `target-portage/repos.conf`, a file or a directory of files."""
    repos_conf = directory / "target-portage" / "repos.conf"
    if is_directory(repos_conf):
        files = children(repos_conf, report)
    else:
        files = (repos_conf,) if is_present(repos_conf) else ()
    parser = ConfigParser(interpolation=None, strict=False)
    for file in files:
        text = read_source(file, report)
        try:
            parser.read_string(text or "")
        except Error as error:
            what = f"is no repos.conf file: {error.message.splitlines()[0]}"
            report.add(file, getattr(error, "lineno", None), what, "see portage(5), repos.conf")
    return tuple(_repository(parser[name]) for name in parser.sections())


def read_repositories(
    directory: Path, known: Iterable[Repository], report: Report
) -> tuple[str, ...]:
    """The names of the directories in `repos/`, which a build finds below `/var/db/repos`.

    One whose location no section of repos.conf has would never be looked at by Portage: a
    problem (portage(5), "repos.conf").
    """
    found = tuple(p.name for p in children(directory / "repos", report) if is_directory(p))
    locations = {PurePosixPath(one.location) for one in known if one.location}
    for name in found:
        if MOUNTED_AT / name not in locations:
            what = f"no section has 'location = {MOUNTED_AT / name}', so repos/{name} is not used"
            file = directory / "target-portage" / "repos.conf"
            report.add(file, None, what, f"add one, or remove repos/{name}")
    return found


def _repository(section: SectionProxy) -> Repository:
    def said(key: str) -> str | None:
        return section.get(key, "").strip() or None

    auto_sync = said("auto-sync")
    return Repository(
        name=section.name,
        location=said("location"),
        sync_type=said("sync-type"),
        uri=said("sync-uri"),
        branch=_branch(said("sync-git-clone-extra-opts") or ""),
        auto_sync=None if auto_sync is None else auto_sync.lower() in _YES,
        verify=(said("sync-git-verify-commit-signature") or "").lower() in _YES,
        key=said("sync-openpgp-key-path"),
    )


def _branch(options: str) -> str | None:
    """The branch among options of git-clone(1)."""
    for word, following in pairwise([*options.split(), ""]):
        if word in _BRANCH:
            return following or None
        if word.startswith("--branch="):
            return word.partition("=")[2]
    return None
