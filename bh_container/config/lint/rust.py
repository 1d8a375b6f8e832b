"""RUST_CROSS_TARGETS and LLVM_TARGETS of the host, against the targets."""

from collections.abc import Iterable, Iterator

from bh_container.config.host import Host
from bh_container.config.lint.finding import Finding, error
from bh_container.config.lint.words import Word, text_of
from bh_container.config.llvm import llvm_problems
from bh_container.config.makeconf import read_assignments
from bh_container.config.rust import rust_problems
from bh_container.config.target import Target


def rust(host: Host, targets: Iterable[Target]) -> Iterator[Finding]:
    """What rust and LLVM lack to compile for the targets, at the line that has to have it."""
    targets = tuple(targets)
    for problem in (*rust_problems(host, targets), *llvm_problems(host, targets)):
        found = read_assignments(text_of(problem.file)).get("RUST_CROSS_TARGETS")
        place = Word(problem.file, found.line if found else None, 1 if found else None)
        yield error(place, problem.what, problem.remedy or "")
