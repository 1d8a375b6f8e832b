"""Podman itself: that it is there, which one, and whether a container of it works."""

from collections.abc import Iterator

from bh_container.engine.about import version_of
from bh_container.engine.differences import OLDEST, TESTED, differences
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.install import install


def podman(facts: Facts) -> Iterator[Finding]:
    """The versions of program and service, and what is special about that service."""
    if facts.refusal:
        yield failure(facts.refusal.what, facts.refusal.remedy)
    if facts.podman is None:
        return
    service, client = facts.podman.version, facts.podman.client
    newer = install(facts, debian="podman", gentoo="app-containers/podman")
    number = version_of(service)
    if number < OLDEST:
        yield failure(f"Podman {service} is older than {_dotted(OLDEST)}", newer)
    elif number < TESTED[0]:
        yield warning(
            f"Podman {service} is older than {_dotted(TESTED[0])}, the oldest tested", newer
        )
    else:
        yield ok(f"Podman {service}")
    for what in differences(number):
        yield ok(f"other than Podman 4, it {what}")
    if client is None:
        yield warning("there is no program podman, which opens rescue shells", newer)
    elif version_of(client)[:1] != number[:1]:
        yield warning(
            f"the program podman is {client}, and the service it would talk to is {service}: "
            "rescue shells may not open",
            "unset CONTAINER_HOST; bh-container starts a service of its own",
        )


def container(facts: Facts) -> Iterator[Finding]:
    """What a container that was started for a trial came to."""
    if facts.trial is None:
        return
    for refusal, well in (
        (facts.trial.started, "a privileged container starts, and commands run in it"),
        (facts.trial.seen, "a container's root filesystem is seen on this machine"),
        (facts.trial.overlaid, "a container has an overlay on the project's disk"),
    ):
        if refusal is None:
            yield ok(well)
        elif refusal is facts.trial.seen and facts.podman and facts.podman.rootless:
            yield failure(
                "without root, a container's root filesystem is seen in Podman's own "
                "namespace alone",
                "podman unshare bh-container build TARGET",
            )
        else:
            yield failure(refusal.what, refusal.remedy)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
