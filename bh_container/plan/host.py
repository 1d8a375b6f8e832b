"""The steps that turn a seed into a host image: the environment that every target is built in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bh_container.config.host import CROSS_SWITCH, Host
from bh_container.config.pins import Pins
from bh_container.config.target import Target
from bh_container.plan import bootstrap, sync
from bh_container.plan.features import with_binhost
from bh_container.plan.native import UNKNOWN, Machine, native_code_reads, processor_reads
from bh_container.plan.step import Recipe, Step, chain, contents

FIRST_WORLD = "--emptytree"
GLIBC = "glibc"
KEEP = ("cross-*", "00cpu-flags", "gnupg")
"""What crossdev, our own steps and Portage's keyring have below /etc/portage."""

RUST_NEEDS = ("sys-devel/gcc", "dev-libs/openssl")
"""What rust is built against in a tuple's skeleton, beside the C library."""

OVERLAY = "/var/db/repos/crossdev"
REPOS_CONF = f"""\
[crossdev]
location = {OVERLAY}
masters = gentoo
auto-sync = no
"""
"""Where crossdev keeps its categories, for a configuration that does not say it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a host stands on: the seed's identity, the lock, and the machine.

    `syncs` is whether the seed's own repos.conf has its repositories synced.
    """

    seed: str
    pins: Pins = field(default_factory=Pins)
    syncs: bool = False
    machine: Machine = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlan:
    """`common` is one chain; each cross toolchain stands behind its end, beside the others, and
    rust for a tuple behind its toolchain. Both are named by their tuples.
    """

    common: tuple[Step, ...]
    toolchains: Mapping[str, Step]
    rusts: Mapping[str, Step]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in the order in which they run."""
        return (*self.common, *self.toolchains.values(), *self.rusts.values())

    def last_for(self, tuple_: str) -> Step:
        """The step that the targets of a tuple stand behind."""
        return self.rusts.get(tuple_) or self.toolchains[tuple_]


def plan_host(
    host: Host,
    targets: Iterable[Target],
    *,
    ground: Ground,
    tuning: Mapping[str, str],
    scripts: Mapping[str, str],
) -> HostPlan:
    """Plan the host for these targets.

    `tuning` is the environment that speeds emerge up without changing what it builds.
    """
    tuning = with_binhost(tuning, host.files)
    common = chain(_common(host, ground, tuning), after=ground.seed, scripts=scripts)
    toolchains, rusts = {}, {}
    by_tuple: dict[str, list[Target]] = {}
    for target in targets:
        by_tuple.setdefault(target.tuple, []).append(target)
    for name, alike in sorted(by_tuple.items()):
        recipe = _toolchain(alike[-1], tuning)
        (toolchains[name],) = chain([recipe], after=common[-1].key, scripts=scripts)
        if host.wants_rust and any(rust.tuple == name for rust in host.rust_targets):
            recipe = _rust(host, alike, tuning)
            (rusts[name],) = chain([recipe], after=toolchains[name].key, scripts=scripts)
    return HostPlan(common=common, toolchains=toolchains, rusts=rusts)


def library_links(target: Target) -> str:
    """The directory that links to `lib` in a merged-usr root of this architecture."""
    return "lib64" if target.lib64 else "lib32"


def _common(host: Host, ground: Ground, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    code = native_code_reads(host.files, ground.machine)
    portage = {**contents(host.files.under("target-portage")), **code}
    repositories = contents(host.files.under("target-portage/repos.conf", "repos"))
    synced = sync.sync_of(host.repos_conf, default=ground.syncs)
    yield _configuration(host)
    yield from sync.recipes(synced, ground.pins, repositories, tuning, git=code)
    if host.cpuflags:
        processor = processor_reads(ground.machine)
        yield Recipe(name="cpuflags", script="host/cpuflags.sh", reads=processor, tuning=tuning)
    yield Recipe(name="portage", script="host/portage.sh", reads=portage, tuning=tuning)
    yield Recipe(
        name="toolchain",
        script="host/toolchain.sh",
        environment={"BH_ELIBC": host.elibc},
        tuning=tuning,
    )
    if host.elibc == GLIBC:
        yield Recipe(name="locale", script="host/locale.sh")
    yield Recipe(name="perl", script="host/perl.sh", tuning=tuning)
    yield from bootstrap.recipes(host.bootstrap, "host/bootstrap.sh", tuning)
    yield Recipe(
        name="world",
        script="host/world.sh",
        environment={"BH_WORLD": " ".join(e for e in host.world if e not in host.cross_world)},
        tuning={"BH_WORLD_OPTIONS": "", **tuning},
    )


def _configuration(host: Host) -> Recipe:
    """On every run: what is not there yet is adapted to how far the host is."""
    known = [one.location for one in host.repos_conf if one.name == "crossdev"]
    targets = host.rust_targets if host.wants_rust else ()
    return Recipe(
        name="configuration",
        script="host/configuration.sh",
        environment={
            "BH_KEEP": " ".join(KEEP),
            "BH_OVERLAY": (known and known[0]) or OVERLAY,
            "BH_REPOS_CONF": "" if known else REPOS_CONF,
            "BH_RUST_TARGETS": " ".join(f"{t.llvm}:{t.rust}:{t.tuple}" for t in targets),
        },
        tuning={"BH_OFF": CROSS_SWITCH},
        every_run=True,
    )


def _toolchain(target: Target, tuning: Mapping[str, str]) -> Recipe:
    return Recipe(
        name=f"crossdev:{target.tuple}",
        script="host/crossdev.sh",
        environment={"BH_TUPLE": target.tuple, "BH_LIBDIRS": library_links(target)},
        tuning={"BH_CROSSDEV": "crossdev", **tuning},
    )


def _rust(host: Host, targets: Sequence[Target], tuning: Mapping[str, str]) -> Recipe:
    tuple_ = targets[0].tuple
    clean = {atom for target in targets for atom in target.rust_clean}
    return Recipe(
        name=f"rust:{tuple_}",
        script="host/rust.sh",
        environment={
            "BH_TUPLE": tuple_,
            "BH_RUST_NAMES": " ".join(t.rust for t in host.rust_targets if t.tuple == tuple_),
            "BH_ATOMS": " ".join((*RUST_NEEDS, f"sys-libs/{targets[0].elibc}")),
            "BH_CLEAN": " ".join(sorted(clean)),
        },
        tuning=tuning,
    )
