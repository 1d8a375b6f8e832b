"""Whether LLVM, where its targets are cut down, still knows what is built for."""

import re
from collections.abc import Iterable, Iterator

from bh_container.config.host import FORCED, Host, forced_targets
from bh_container.config.problems import Problem
from bh_container.config.target import Target

_ARCHITECTURES = (
    ("aarch64", "AArch64"),
    ("arm", "ARM"),
    ("x86_64|i[3-7]86", "X86"),
    ("riscv", "RISCV"),
    ("m68k", "M68k"),
    ("loongarch", "LoongArch"),
    ("mips", "Mips"),
    ("powerpc", "PowerPC"),
    ("sparc", "Sparc"),
    ("s390", "SystemZ"),
)
"""How LLVM calls what a tuple begins with; nothing is asked about any other."""


def llvm_problems(host: Host, targets: Iterable[Target]) -> tuple[Problem, ...]:
    """What LLVM_TARGETS of the host lacks for these targets, and those of each target for itself.

    Where a configuration does not set LLVM_TARGETS, its profile has them all or knows better.
    """
    return tuple(problem for target in targets for problem in _of(host, target))


def _of(host: Host, target: Target) -> Iterator[Problem]:
    name = llvm_name(target.tuple)
    if name is None:
        return
    own = name == llvm_name(host.chost)
    for directory, known in (
        (host.directory, host.llvm_targets),
        (target.directory, forced_targets(target.files)),
    ):
        if known and name not in known and not (own and directory == host.directory):
            what = f"LLVM_TARGETS has no '{name}', which {target.full_name} is built for"
            yield Problem(directory / FORCED / "llvm_targets", None, what, "add it there")


def llvm_name(tuple_: str) -> str | None:
    """How LLVM calls the architecture of a tuple."""
    return next((name for begin, name in _ARCHITECTURES if re.match(begin, tuple_)), None)
