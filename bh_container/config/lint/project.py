"""All of a project's configuration: settings, the host and the targets."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bh_container.config.host import Host, read_host
from bh_container.config.lint import (
    box,
    install_mask,
    kernel,
    lists,
    machine,
    make_conf,
    package_files,
    repositories,
    unread,
)
from bh_container.config.lint.finding import Check, Finding, Severity
from bh_container.config.lint.rust import rust
from bh_container.config.lint.sets import sets
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import text_of
from bh_container.config.problems import ConfigInvalid, Problem, Report
from bh_container.config.project import Project
from bh_container.config.settings import resolve
from bh_container.config.target import Target, read_target

_T = TypeVar("_T")
CHECKS: tuple[Check, ...] = (
    *unread.CHECKS,
    *lists.CHECKS,
    *machine.CHECKS,
    *make_conf.CHECKS,
    *package_files.CHECKS,
    *repositories.CHECKS,
    *install_mask.CHECKS,
    *kernel.CHECKS,
    *box.CHECKS,
)


def lint_project(project: Project, targets: Iterable[Path]) -> tuple[Finding, ...]:
    """What is wrong with the settings, the host and these targets, by file and line."""
    host, found = lint_host(project.host_directory())
    readable = []
    for directory in targets:
        target, more = lint_target(directory)
        found = (*found, *more)
        readable += [target] if target else []
    if host is not None:
        found = (*found, *rust(host, readable))
    return in_order((*lint_settings(project.settings_file), *sets(project), *found))


def lint_settings(file: Path) -> tuple[Finding, ...]:
    """What is wrong in `bh-container.yaml`."""
    _, found = _collect(lambda _report: resolve({}, {}, file))
    return tuple(found)


def lint_target(directory: Path) -> tuple[Target | None, tuple[Finding, ...]]:
    """The target, where there is one, and what is wrong with it by itself."""
    target, found = _collect(lambda report: read_target(directory, report))
    if target is None:
        return None, in_order(found)
    subject = Subject(
        directory=directory,
        tuple=target.tuple,
        elibc=target.elibc,
        files=target.files,
        target=target,
    )
    return target, in_order((*found, *_checked(subject)))


def lint_host(directory: Path) -> tuple[Host | None, tuple[Finding, ...]]:
    """The host, where there is one, and what is wrong with it by itself."""
    host, found = _collect(lambda report: read_host(directory, report))
    if host is None:
        return None, in_order(found)
    subject = Subject(
        directory=host.directory, tuple=host.chost, elibc=host.elibc, files=host.files
    )
    return host, in_order((*found, *_checked(subject)))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once, by file and line."""
    places: dict[tuple[Path, int | None, str], Finding] = {}
    for one in findings:
        problem = one.problem
        places.setdefault((problem.file, problem.line, problem.what), one)
    return tuple(sorted(places.values(), key=_place))


def _checked(subject: Subject) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(subject)


def _collect(read: Callable[[Report], _T]) -> tuple[_T | None, list[Finding]]:
    """What was read, if anything, and the mistakes that reading found."""
    report, what = Report(), None
    try:
        what = read(report)
    except ConfigInvalid as error:
        report.problems[:] = error.problems
    return what, [Finding(Severity.ERROR, _with_column(one)) for one in report.problems]


def _with_column(problem: Problem) -> Problem:
    """A problem that knows its line has a column too: of what it quotes, or of the first word."""
    if problem.line is None or problem.column is not None:
        return problem
    line = [*text_of(problem.file).split("\n"), ""][problem.line - 1 :][:1]
    quoted = problem.what.partition("'")[2].partition("'")[0]
    start = line[0].find(quoted) if line and quoted else -1
    if start < 0:
        start = len(line[0]) - len(line[0].lstrip()) if line else 0
    return replace(problem, column=start + 1)


def _place(finding: Finding) -> tuple[str, int, int]:
    problem = finding.problem
    return str(problem.file), problem.line or 0, problem.column or 0
