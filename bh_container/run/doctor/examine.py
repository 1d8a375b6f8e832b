"""The table of checks, and what they find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bh_container.run.doctor.disk import disk
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding
from bh_container.run.doctor.kernel import kernel
from bh_container.run.doctor.memory import compilers, memory
from bh_container.run.doctor.network import network
from bh_container.run.doctor.podman import container, podman
from bh_container.run.doctor.programs import emulators, programs
from bh_container.run.doctor.rootless import rootless
from bh_container.run.doctor.runtime import cgroups, runtime, ulimits
from bh_container.run.doctor.storage import storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is looked at, and by which function; `early` ones are a build's first act too."""

    name: str
    look: Callable[[Facts], Iterator[Finding]]
    early: bool = False


CHECKS = (
    Check(name="podman", look=podman, early=True),
    Check(name="runtime", look=runtime, early=True),
    Check(name="storage", look=storage, early=True),
    Check(name="container", look=container),
    Check(name="rootless", look=rootless),
    Check(name="cgroups", look=cgroups),
    Check(name="ulimits", look=ulimits, early=True),
    Check(name="disk", look=disk, early=True),
    Check(name="memory", look=memory, early=True),
    Check(name="compilers", look=compilers),
    Check(name="kernel", look=kernel),
    Check(name="programs", look=programs),
    Check(name="qemu", look=emulators),
    Check(name="network", look=network, early=True),
)


def examine(facts: Facts, *, early: bool = False) -> Iterator[tuple[Check, Finding]]:
    """What the checks find, in the order of the table; only what is quick, where it is `early`."""
    for check in CHECKS:
        if check.early or not early:
            for finding in check.look(facts):
                yield check, finding
