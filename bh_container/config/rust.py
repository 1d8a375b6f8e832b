"""Whether the host's rust can compile for the targets: asked before hours are spent to find out."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bh_container.config.host import Host, RustTarget
from bh_container.config.problems import Problem
from bh_container.config.target import Target


def rust_problems(host: Host, targets: Iterable[Target]) -> tuple[Problem, ...]:
    """What RUST_CROSS_TARGETS and LLVM_TARGETS of the host lack for these targets.

    A host without rust, or whose rust is for itself alone, lacks nothing.
    """
    if not host.wants_rust or not host.rust_targets:
        return ()
    return (*_disabled(host), *_missing(host, targets))


def _disabled(host: Host) -> Iterator[Problem]:
    """The ebuild dies for a cross target whose LLVM target is not enabled."""
    file = _file(host)
    for target in host.rust_targets:
        if not _is_enabled(target, host):
            what = f"{target.rust} needs the LLVM target '{target.llvm}', which is not enabled"
            remedy = "add it to LLVM_TARGETS in profile/package.use.force or make.conf"
            yield Problem(file, None, what, remedy)


def _is_enabled(target: RustTarget, host: Host) -> bool:
    """LLVM's own architecture always is: X86 for x86_64, AArch64 for aarch64, RISCV for riscv64."""
    own = host.chost.lower().startswith(target.llvm.lower())
    return own or target.llvm in host.llvm_targets


def _missing(host: Host, targets: Iterable[Target]) -> Iterator[Problem]:
    known = {target.tuple for target in host.rust_targets}
    for tuple_ in sorted({target.tuple for target in targets} - known):
        what = f"RUST_CROSS_TARGETS has nothing for {tuple_}"
        yield Problem(_file(host), None, what, f'add "LLVM:RUST:{tuple_}"')


def _file(host: Host) -> Path:
    return host.directory / "target-portage" / "env" / "dev-lang" / "rust"
