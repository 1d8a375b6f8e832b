"""What Podman needs to run without root: see rootlesskit's and Podman's "rootless" documents.

https://github.com/containers/podman/blob/main/docs/tutorials/rootless_tutorial.md
"""

from collections.abc import Iterator

from bh_container.engine.host import Cgroups
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.install import install
from bh_container.run.doctor.programs import ID_MAPPERS

IDS = 65_536
"""How many users and groups a Gentoo system may name: nobody is 65534."""

SYSCTLS = ("user.max_user_namespaces", "kernel.unprivileged_userns_clone")
"""Either forbids user namespaces by being 0; namespaces(7), and Debian's kernels before 5.10."""

APPARMOR = "kernel.apparmor_restrict_unprivileged_userns"
"""Ubuntu since 23.10 has programs without a profile fail; Podman's package brings one."""


def rootless(facts: Facts) -> Iterator[Finding]:
    """All that stands between this user and containers; nothing where Podman runs as root."""
    if not (facts.podman.rootless if facts.podman else facts.account.number):
        yield ok("Podman runs as root")
        return
    yield from _namespaces(facts)
    yield from _ids(facts)
    yield from _programs(facts)
    if facts.account.runtime_directory is None:
        yield warning(
            "there is no XDG_RUNTIME_DIR: what Podman keeps there does not survive a logout",
            f"sudo loginctl enable-linger {facts.account.name}  # then log in again",
        )
    if facts.host.cgroups is not Cgroups.UNIFIED:
        yield warning(
            f"cgroups are {facts.host.cgroups}: limits of rootless containers need version 2",
            "boot with systemd.unified_cgroup_hierarchy=1",
        )


def _namespaces(facts: Facts) -> Iterator[Finding]:
    sysctls = facts.kernel.sysctls
    forbidden = [name for name in SYSCTLS if sysctls.get(name, 1) == 0]
    for name in forbidden:
        value = 28_633 if name == SYSCTLS[0] else 1
        yield failure(f"{name} is 0: no user namespaces", f"sudo sysctl --write {name}={value}")
    if sysctls.get(APPARMOR, 0):
        yield warning(
            f"{APPARMOR} is 1: programs without an AppArmor profile get no namespaces",
            f"sudo sysctl --write {APPARMOR}=0",
        )
    if not forbidden:
        yield ok("user namespaces")


def _ids(facts: Facts) -> Iterator[Finding]:
    account = facts.account
    if facts.podman is not None and facts.podman.mapped > IDS:
        yield ok(f"{facts.podman.mapped} users and groups")
        return
    for count, of in ((account.users, "uid"), (account.groups, "gid")):
        if count >= IDS:
            yield ok(f"/etc/sub{of} gives {account.name} {count} ids")
        else:
            yield failure(
                f"/etc/sub{of} gives {account.name} {count} ids, and a system has {IDS}",
                f"sudo usermod --add-sub{of}s 100000-165535 {account.name}; podman system migrate",
            )


def _programs(facts: Facts) -> Iterator[Finding]:
    for name in ID_MAPPERS:
        if name in facts.programs:
            yield ok(name)
        else:
            yield failure(
                f"{name} is missing, by which a namespace gets its ids",
                install(facts, debian="uidmap", gentoo="sys-apps/shadow"),
            )
