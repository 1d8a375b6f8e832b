"""What only shows when something of the system is executed, under qemu-user if need be."""

import shlex
from collections import defaultdict

from testinfra.host import Host

from bh_container.output.checks.root import Root, refuse
from bh_container.output.elf import Type

AT_A_TIME = 200
"""Programs in one command, whose words may have 128 KiB in all (MAX_ARG_STRLEN in execve(2))."""


def test_the_shell_answers(host: Host) -> None:
    """The shell of the system runs, and so does its libc."""
    assert host.check_output("echo $((6 * 7))") == "42"


def test_init_can_be_executed(host: Host) -> None:
    """As the system itself sees it."""
    assert host.run("test -x /sbin/init").rc == 0


def test_programs_load(root: Root, host: Host) -> None:
    """The loader finds every library and every symbol that a program asks for."""
    by_loader = defaultdict(list)
    for path, elf in root.programs.items():
        if elf.loader and elf.type in (Type.EXECUTABLE, Type.DYNAMIC):
            by_loader[elf.loader].append(shlex.quote(root.name(path)))
    refuse(
        line
        for loader, names in by_loader.items()
        for start in range(0, len(names), AT_A_TIME)
        for line in _complaints(host, loader, names[start : start + AT_A_TIME])
    )


def _complaints(host: Host, loader: str, names: list[str]) -> list[str]:
    # `--list` is what ldd(1) does; both musl's and glibc's loader know it.
    each = f"{loader} --list $program >/dev/null || echo $program: see above"
    done = host.run(f"for program in {' '.join(names)}; do {each}; done")
    return [*done.stderr.splitlines(), *done.stdout.splitlines()] if done.stdout else []
