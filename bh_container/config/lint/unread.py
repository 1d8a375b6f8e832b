"""Files that nothing reads: mostly a name with a slip in it, and so a setting without effect."""

from collections.abc import Iterator
from pathlib import Path

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.package_files import KINDS
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, files_below, nearest
from bh_container.config.problems import Report
from bh_container.config.source import children, read_source
from bh_container.config.target import Box

_BOTH = frozenset({"target-portage", "worlds", "repos", "bootstrap", "README", "README.md"})
_TARGET = _BOTH | {
    *("build-arch", "initramfs", "linux.config", "skip.mrproper", "base.patch", "tests"),
    "squashfs.level",
    *("split.base", "split.extra", "split.initramfs"),
    *(box.config for box in Box),
    *(box.mini_config for box in Box),
}
_HOST = _BOTH | {"cpuflags"}
_SWITCHES = ("skip.mrproper", "split.base", "split.extra", "split.initramfs", "cpuflags")
_PORTAGE = frozenset(name for name in KINDS if "/" not in name) | {
    *("make.conf", "make.profile", "profile", "env", "repos.conf", "binrepos.conf", "bashrc"),
    *("savedconfig", "sets", "sets.conf", "patches", "mirrors", "categories", "modules"),
    *("color.map", "postsync.d", "repo.postsync.d", "package.bashrc", "license_groups"),
    *("bashrc.d", "gnupg", "python-exec"),
}
_PROFILE = frozenset(name.partition("/")[2] for name in KINDS if "/" in name) | {
    *("make.defaults", "packages", "packages.build", "package.provided", "eapi", "parent"),
    *("package.provided.kernel", "use.force", "use.mask", "use.stable.force", "use.stable.mask"),
    *("profile.bashrc", "package.bashrc", "virtuals", "deprecated", "categories", "use.local.desc"),
}


def top(subject: Subject) -> Iterator[Finding]:
    """The names that a configuration has."""
    known = _TARGET if subject.target else _HOST
    yield from _unknown(subject.directory, known)


def portage(subject: Subject) -> Iterator[Finding]:
    """The names that /etc/portage and a profile have."""
    yield from _unknown(subject.portage, _PORTAGE)
    yield from _unknown(subject.portage / "profile", _PROFILE)


def switches(subject: Subject) -> Iterator[Finding]:
    """Files that count because they are there: what is in them says nothing."""
    for name in _SWITCHES:
        path = subject.directory / name
        if path.is_file() and path.stat().st_size > 0:
            what = "counts because it is there; what it contains is not read"
            yield warning(Word(path, 1, 1), what, "empty it, or remove it to switch this off")


def readable(subject: Subject) -> Iterator[Finding]:
    """What is to be read as text must be text."""
    report = Report()
    for name in (
        "target-portage",
        "worlds",
        "bootstrap",
        *(n for n in _TARGET if n.endswith(".config")),
    ):
        for file in files_below(subject.directory / name):
            if not file.is_symlink() or not str(file.readlink()).startswith("/"):
                read_source(file, report)
    for problem in report.problems:
        place = Word(problem.file, problem.line, 1 if problem.line else None)
        yield error(place, problem.what, problem.remedy or "mend its permissions")


def _unknown(directory: Path, names: frozenset[str]) -> Iterator[Finding]:
    for path in children(directory, Report()):
        if path.name not in names:
            otherwise = "remove it, or keep it outside of the configuration"
            remedy = nearest(path.name, names, otherwise)
            yield warning(Word(path), "nothing reads this", remedy)


CHECKS: tuple[Check, ...] = (readable, top, portage, switches)
