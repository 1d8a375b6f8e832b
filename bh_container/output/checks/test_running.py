"""What only shows when something of the system is executed, under qemu-user if need be."""

import shlex
from collections import defaultdict

from testinfra.host import Host

from bh_container.output.checks.root import Root, refuse
from bh_container.output.elf import Type


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
            by_loader[elf.loader].append(root.name(path))
    problems = []
    for loader, names in by_loader.items():
        words = " ".join(map(shlex.quote, names))
        # `--list` is what ldd(1) does; both musl's and glibc's loader know it.
        each = f"{loader} --list $program >/dev/null || echo $program: see above"
        done = host.run(f"for program in {words}; do {each}; done")
        problems += [*done.stderr.splitlines(), *done.stdout.splitlines()] if done.stdout else []
    refuse(problems)
