"""A machine on which nothing is wrong, for tests to break."""

import resource
from pathlib import Path

from bh_container.config.settings import resolve
from bh_container.engine.about import PodmanFacts
from bh_container.engine.host import Cgroups, HardLimits, HostFacts
from bh_container.run.doctor.facts import Account, Facts, Kernel, Memory, Room, Trial
from bh_container.run.doctor.kernel import FEATURES
from bh_container.run.doctor.programs import names_of

GIB = 1 << 30
CPUS = frozenset({"aarch64", "x86_64"})

PODMAN = PodmanFacts(
    client="5.4.2",
    version="5.4.2",
    runtime="crun",
    driver="overlay",
    backing="extfs",
    native=True,
    mounter=None,
    root=Path("/var/lib/containers/storage"),
    spool=Path("/var/spool"),
    configuration=Path("/usr/share/containers/storage.conf"),
    rootless=False,
)

HOST = HostFacts(
    user=0,
    cgroups=Cgroups.UNIFIED,
    limits=HardLimits(open_files=524_288, processes=resource.RLIM_INFINITY),
    podman=Path("/usr/bin/podman"),
    runtimes=("crun", "runc"),
)

WELL = Facts(
    host=HOST,
    distribution=frozenset({"debian"}),
    podman=PODMAN,
    refusal=None,
    trial=Trial(),
    kernel=Kernel(
        release="6.12.1",
        filesystems=frozenset(feature.name for feature in FEATURES if not feature.device),
        devices=frozenset({"fuse", "loop-control", "kvm"}),
    ),
    account=Account(
        number=0, name="ann", users=65_536, groups=65_536, runtime_directory=Path("/run/user/7")
    ),
    programs=names_of(CPUS),
    memory=Memory(total=64 * GIB, available=60 * GIB),
    rooms=(Room(what="the project", place=Path("/p"), free=50 * GIB, needed=0, files=10**7),),
    settings=resolve({"jobs": 4}, {}, None),
    cpus=CPUS,
    natives=frozenset({"x86_64"}),
    mirrors={},
    built=False,
)
