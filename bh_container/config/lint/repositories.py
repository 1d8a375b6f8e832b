"""`repos.conf` (portage(5)) and the ebuild repositories in `repos/`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.known import REPOSITORY_KEYS
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, files_below, nearest, read_rows, text_of
from bh_container.config.problems import Report
from bh_container.config.repositories import MAIN, MOUNTED_AT
from bh_container.config.source import children, is_present
from bh_container.config.worlds import is_directory

_TYPES = frozenset({"git", "rsync", "webrsync", "cvs", "svn", "mercurial", "zipfile"})
_BOOLEANS = frozenset({"yes", "no", "true", "false"})
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_PAIR = re.compile(r"(?P<key>[^=:\s][^=:]*?)\s*[=:]\s*(?P<value>.*)")
_THIN = re.compile(r"^\s*(thin-manifests\s*=\s*true|use-manifests\s*=\s*false)\s*$", re.M | re.I)
_EBUILD = re.compile(r"(?P<name>[A-Za-z0-9_][A-Za-z0-9+_-]*?)-(?P<version>[0-9][^/]*)\.ebuild")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line `key = value` in a section; `place` is the key, `value` the value."""

    section: str
    place: Word
    value: Word


def keys(subject: Subject) -> Iterator[Finding]:
    """Keys that Portage does not know, and values that it does not take."""
    for entry in _entries(subject):
        key, value = entry.place.text, entry.value
        if key not in REPOSITORY_KEYS:
            remedy = nearest(key, REPOSITORY_KEYS, "see portage(5), repos.conf")
            yield warning(entry.place, f"'{key}' is no key of repos.conf", remedy)
        elif key == "sync-type" and value.text not in _TYPES:
            remedy = nearest(value.text, _TYPES, f"write one of {', '.join(sorted(_TYPES))}")
            yield error(value, f"'{value.text}' is no sync-type", remedy)
        elif key == "auto-sync" and value.text.lower() not in _BOOLEANS:
            yield error(value, f"'{value.text}' is neither yes nor no", "write yes or no")
        elif key == "priority" and not re.fullmatch(r"-?[0-9]+", value.text):
            yield error(value, f"'{value.text}' is no number", "write something like 10")
        elif key == "location" and not value.text.startswith("/"):
            what = f"the location '{value.text}' is no absolute path"
            yield error(value, what, f"write {MOUNTED_AT / entry.section}")


def sections(subject: Subject) -> Iterator[Finding]:
    """What a section needs, and what it may refer to."""
    entries = tuple(_entries(subject))
    headers = {word.text: word for word in _headers(subject) if word.text != "DEFAULT"}
    for name, header in headers.items():
        said = {one.place.text: one.value for one in entries if one.section == name}
        if not _NAME.fullmatch(name):
            yield error(header, f"'{name}' cannot be a repository's name", "name it like my-repo")
        if "location" not in said:
            what = f"[{name}] has no location"
            yield error(header, what, f"add: location = {MOUNTED_AT / name}")
        if "sync-type" in said and "sync-uri" not in said and said["sync-type"].text != "webrsync":
            what = f"[{name}] has a sync-type and no sync-uri"
            yield error(said["sync-type"], what, "add: sync-uri = ..., or remove sync-type")
        if "sync-uri" in said and "sync-type" not in said:
            what = f"[{name}] has a sync-uri and no sync-type, so it is never synced"
            yield warning(said["sync-uri"], what, "add: sync-type = git")
        yield from _source(subject, header, "sync-type" in said)
    yield from _references(entries, frozenset(headers))


def main(subject: Subject) -> Iterator[Finding]:
    """Nothing can be installed without ::gentoo."""
    headers = {word.text for word in _headers(subject)}
    file = subject.portage / "repos.conf"
    if headers and MAIN not in headers:
        what = f"no section [{MAIN}] says where ::gentoo is"
        yield error(Word(file), what, f"add [gentoo] with location = {MOUNTED_AT / MAIN}")


def own(subject: Subject) -> Iterator[Finding]:
    """The form of each repository in `repos/` (PMS, "Tree layout")."""
    for repository in children(subject.directory / "repos", Report()):
        if not is_directory(repository):
            what = "is no directory, and repos/ holds repositories"
            yield warning(Word(repository), what, "remove it")
            continue
        layout, name = repository / "metadata/layout.conf", repository / "profiles/repo_name"
        if not is_present(layout):
            remedy = "create it with the lines: masters = gentoo, thin-manifests = true"
            yield error(Word(layout), "is missing", remedy)
        elif "masters" not in text_of(layout):
            yield warning(Word(layout), "names no masters", "add: masters = gentoo")
        for row in read_rows(name)[:1]:
            if row[0].text != repository.name:
                what = f"'{row[0].text}' is not what its directory is called"
                yield error(row[0], what, f"write {repository.name}")
        if not is_present(name):
            yield error(Word(name), "is missing", f"create it with the line: {repository.name}")
        yield from _ebuilds(repository)
        if is_present(layout) and not _THIN.search(text_of(layout)):
            yield from _manifests(repository, layout)


def _source(subject: Subject, header: Word, syncs: bool) -> Iterator[Finding]:
    name = header.text
    if name in (MAIN, "crossdev") or syncs or is_directory(subject.directory / "repos" / name):
        return
    what = f"[{name}] is neither synced nor in repos/{name}, so nothing is there"
    yield error(header, what, f"create repos/{name}, or add sync-type and sync-uri")


def _references(entries: tuple[Entry, ...], names: frozenset[str]) -> Iterator[Finding]:
    for entry in entries:
        if entry.place.text not in ("masters", "main-repo"):
            continue
        for word in entry.value.text.split():
            if word not in names:
                what = f"'{word}' in {entry.place.text} is no section of repos.conf"
                yield error(entry.value, what, nearest(word, names, f"add a section [{word}]"))


def _ebuilds(repository: Path) -> Iterator[Finding]:
    for file in files_below(repository):
        if file.suffix != ".ebuild":
            continue
        match = _EBUILD.fullmatch(file.name)
        depth = len(file.relative_to(repository).parts)
        if depth != 3:
            what = "is not where Portage looks for ebuilds"
            yield error(Word(file), what, "move it to category/name/name-1.0.ebuild")
        elif match is None or match["name"] != file.parent.name:
            what = f"is no version of {file.parent.parent.name}/{file.parent.name}"
            yield error(Word(file), what, f"name it {file.parent.name}-1.0.ebuild")
        elif not re.search(r"^EAPI=", text_of(file), re.MULTILINE):
            yield error(Word(file), "has no EAPI", "write EAPI=8 before everything else")


def _manifests(repository: Path, layout: Path) -> Iterator[Finding]:
    """Without thin manifests, one has to name each ebuild (FEATURES=strict, Portage's default)."""
    ebuilds = (file for file in files_below(repository) if file.suffix == ".ebuild")
    bare = next((file.parent for file in ebuilds if not is_present(file.parent / "Manifest")), None)
    if bare is not None:
        package = bare.relative_to(repository)
        what = f"has no thin-manifests, and {package} no Manifest: Portage refuses to build it"
        yield error(Word(layout), what, "add: thin-manifests = true")


def _headers(subject: Subject) -> Iterator[Word]:
    for file in files_below(subject.portage / "repos.conf"):
        for number, line in enumerate(text_of(file).split("\n"), start=1):
            if match := re.match(r"\[([^]]+)\]", line):
                yield Word(file, number, 2, match[1])


def _entries(subject: Subject) -> Iterator[Entry]:
    for file in files_below(subject.portage / "repos.conf"):
        section = ""
        for number, line in enumerate(text_of(file).split("\n"), start=1):
            if header := re.match(r"\[([^]]+)\]", line):
                section = header[1]
            elif line[:1] not in ("#", ";", " ", "\t") and (pair := _PAIR.match(line)):
                value = Word(file, number, pair.start("value") + 1, pair["value"].strip())
                yield Entry(section, Word(file, number, 1, pair["key"].lower()), value)


CHECKS: tuple[Check, ...] = (keys, sections, main, own)
