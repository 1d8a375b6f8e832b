"""What starts containers, and what holds them: the OCI runtime, cgroups, resource limits."""

from collections.abc import Iterator

from bh_container.engine.about import version_of
from bh_container.engine.differences import Feature, differs
from bh_container.engine.host import Cgroups, choose_ulimits, runtime_works
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.install import install

FILES, PROCESSES = 4096, 4096
"""How many descriptors a large link opens, and how many processes a build of many jobs has."""

_UNIFY = "systemd.unified_cgroup_hierarchy=1"


def runtime(facts: Facts) -> Iterator[Finding]:
    """The runtime of the service that is used: whether it can start anything here."""
    if facts.podman is None:
        return
    name, cgroups = facts.podman.runtime, facts.host.cgroups
    if not runtime_works(name, cgroups):
        yield failure(
            f"{name} starts no container where cgroups are {cgroups}",
            install(facts, debian="runc", gentoo="app-containers/runc"),
        )
    elif refused := [one for one in facts.host.runtimes if not runtime_works(one, cgroups)]:
        yield ok(f"{name}; {', '.join(refused)} would start nothing where cgroups are {cgroups}")
    else:
        yield ok(name)


def cgroups(facts: Facts) -> Iterator[Finding]:
    """Which version of control groups: see cgroups(7)."""
    kind = facts.host.cgroups
    podman = facts.podman
    new = podman and differs(Feature.DEPRECATES_CGROUPS_1, version_of(podman.version))
    if kind is Cgroups.UNIFIED:
        yield ok("cgroups of version 2")
    elif new:
        yield warning(
            f"cgroups are {kind}; Podman 5 still starts containers with version 1, and a later "
            "one may not",
            f"boot with {_UNIFY}: on Debian, add it to GRUB_CMDLINE_LINUX in /etc/default/grub, "
            "then update-grub",
        )
    else:
        yield ok(f"cgroups are {kind}")


def ulimits(facts: Facts) -> Iterator[Finding]:
    """The limits that containers get, which are as high as ours allow."""
    chosen = {limit.name: limit.value for limit in choose_ulimits(facts.host.limits)}
    for name, enough, of in (("nofile", FILES, "open files"), ("nproc", PROCESSES, "processes")):
        if chosen[name] < enough:
            yield warning(
                f"a container may have {chosen[name]} {of}, and a build may need {enough}",
                f"sudo prlimit --pid $$ --{name}={enough}:{enough}",
            )
        else:
            yield ok(f"a container may have {chosen[name]} {of}")
