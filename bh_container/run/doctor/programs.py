"""Programs of this machine, beside Podman, that some command needs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bh_container.config.choices import LAB, STAGE3, HistType
from bh_container.config.settings import Settings
from bh_container.output.cpio import ZSTD
from bh_container.output.machine import MACHINES
from bh_container.output.medium import MCOPY, MKFS_VFAT, MMD
from bh_container.output.program import Program
from bh_container.output.squashfs import GENSQUASHFS, RDSQUASHFS, SQFS2TAR
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.install import install

ID_MAPPERS = ("newuidmap", "newgidmap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Programs, what they are for together, and with which settings no build goes without them;
    `first` is for what only a project's first build needs. Not `otherwise`: with other settings,
    nobody asks for it.
    """

    programs: tuple[Program, ...]
    purpose: str
    needed: Callable[[Settings], bool] = lambda _: False
    first: bool = False
    otherwise: bool = True


NEEDS = (
    Need(
        programs=(Program(name="gpg", debian="gpg", gentoo="app-crypt/gnupg"),),
        purpose="seeds that are signed",
        needed=lambda settings: settings.seed == STAGE3,
        first=True,
    ),
    Need(
        programs=(Program(name="xz", debian="xz-utils", gentoo="app-arch/xz-utils"),),
        purpose="seeds that are packed with xz, as stage3s are",
        needed=lambda settings: settings.seed == STAGE3,
        first=True,
    ),
    Need(
        programs=(ZSTD,),
        purpose="archives and initramfs that are packed with zstd",
    ),
    Need(
        programs=(Program(name="git", debian="git", gentoo="dev-vcs/git"),),
        purpose="the commits of repositories in bh-container.lock",
    ),
    Need(
        programs=(GENSQUASHFS, RDSQUASHFS, SQFS2TAR),
        purpose="check, diff, pack-config, and exports of the history",
        needed=lambda settings: settings.export and settings.hist_type is HistType.SQUASHFS,
    ),
    Need(
        programs=(Program(name="tmux", debian="tmux", gentoo="app-misc/tmux"),),
        purpose="build --tmux",
        needed=lambda settings: settings.tmux,
    ),
    Need(
        programs=(MKFS_VFAT, MMD, MCOPY),
        purpose="boot",
    ),
    Need(
        programs=(Program(name="mmdebstrap", debian="mmdebstrap", gentoo="sys-apps/mmdebstrap"),),
        purpose="the lab seed, which is made on Debian alone",
        needed=lambda settings: settings.seed == LAB,
        first=True,
        otherwise=False,
    ),
)


def programs(facts: Facts) -> Iterator[Finding]:
    """Each package; one that is missing is a failure only where the settings have builds use it."""
    for need in NEEDS:
        needed = need.needed(facts.settings)
        if not (needed or need.otherwise):
            continue
        missing = [one for one in need.programs if one.name not in facts.programs]
        if not missing:
            yield ok(_names(need.programs))
            continue
        stops = needed and not (need.first and facts.built)
        yield (failure if stops else warning)(
            f"{_names(missing)}: missing, for {need.purpose}",
            install(
                facts,
                debian=_words(one.debian for one in missing),
                gentoo=_words(one.gentoo for one in missing),
            ),
        )


def _names(programs: Iterable[Program]) -> str:
    return ", ".join(one.name for one in programs)


def _words(packages: Iterable[str]) -> str:
    """Each of them once."""
    return " ".join(dict.fromkeys(packages))


def emulators(facts: Facts) -> Iterator[Finding]:
    """What boots a target's build, and what runs its programs for `check`."""
    for cpu in sorted(facts.cpus):
        machine = MACHINES.get(cpu)
        if machine is None:
            yield ok(f"boot has no machine for {cpu}")
        elif machine.program in facts.programs:
            yield ok(machine.program)
        else:
            yield warning(
                f"{machine.program}: missing, for boot",
                install(facts, debian=machine.debian, gentoo="app-emulation/qemu"),
            )
        if cpu in facts.natives:
            continue
        if found := [name for name in user_emulators(cpu) if name in facts.programs]:
            yield ok(found[0])
        else:
            yield warning(
                f"qemu-{cpu}-static: missing, for check",
                install(
                    facts,
                    debian="qemu-user-static",
                    gentoo="app-emulation/qemu  # with USE=static-user",
                ),
            )


def user_emulators(cpu: str) -> tuple[str, ...]:
    """The names under which qemu-user is looked for."""
    return f"qemu-{cpu}-static", f"qemu-{cpu}"


def names_of(cpus: Iterable[str]) -> frozenset[str]:
    """Every program that is asked about, where the targets have these CPUs."""
    systems = {MACHINES[cpu].program for cpu in cpus if cpu in MACHINES}
    users = {name for cpu in cpus for name in user_emulators(cpu)}
    needs = {one.name for need in NEEDS for one in need.programs}
    return frozenset({*needs, *systems, *users, *ID_MAPPERS})
