"""A configuration's own ebuild repositories, `repos/*`, and what `repos.conf` says of them."""

from configparser import ConfigParser, Error
from pathlib import Path, PurePosixPath

from bh_container.config.problems import Report
from bh_container.config.source import children, read_source
from bh_container.config.worlds import is_directory

MOUNTED_AT = PurePosixPath("/var/db/repos")


def read_repositories(directory: Path, report: Report) -> tuple[str, ...]:
    """The names of the directories in `repos/`, which a build finds below `/var/db/repos`.

    One that is no location in `target-portage/repos.conf` would never be looked at by Portage:
    a problem (portage(5), "repos.conf").
    """
    found = tuple(p.name for p in children(directory / "repos", report) if is_directory(p))
    if not found:
        return ()
    repos_conf = directory / "target-portage" / "repos.conf"
    known = _locations(repos_conf, report)
    for name in found:
        if MOUNTED_AT / name not in known:
            what = f"no section has 'location = {MOUNTED_AT / name}', so repos/{name} is not used"
            report.add(repos_conf, None, what, f"add one, or remove repos/{name}")
    return found


def _locations(repos_conf: Path, report: Report) -> frozenset[PurePosixPath]:
    files = children(repos_conf, report) if is_directory(repos_conf) else (repos_conf,)
    locations: set[PurePosixPath] = set()
    for file in files:
        text = read_source(file, report)
        if text is None:
            continue
        parser = ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string(text)
        except Error as error:
            what = f"is no repos.conf file: {error.message.splitlines()[0]}"
            report.add(file, getattr(error, "lineno", None), what, "see portage(5), repos.conf")
            continue
        for section in parser.values():
            if location := section.get("location"):
                locations.add(PurePosixPath(location.strip()))
    return frozenset(locations)
