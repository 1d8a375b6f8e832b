"""Which Podman service to use: the one that was asked for, one that runs here, or our own."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bh_container.engine.host import Cgroups, HostFacts, runtime_works
from bh_container.engine.protocol import EngineError
from bh_container.engine.service import ExistingService, Service, own_service

UNIX = "unix://"

RuntimeProbe = Callable[[Path], str | None]
"""The name of the OCI runtime that the service on a socket uses, or None when nothing answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A socket where a service may listen, and who asked for it (None: it is a usual place)."""

    path: Path
    asked_by: str | None = None


def candidates(url: str | None, environment: Mapping[str, str], user: int) -> tuple[Candidate, ...]:
    """Where to look, in this order. What the user named is the only place to look.

    Raises `EngineError` for a service on another machine: builds bind directories of this one.
    """
    host = environment.get("CONTAINER_HOST")
    for named, by in ((url, "--url"), (host, "CONTAINER_HOST")):
        if named:
            return (Candidate(path=_socket_of(named, by), asked_by=by),)
    if user == 0:
        return (Candidate(path=Path("/run/podman/podman.sock")),)
    runtime_directory = environment.get("XDG_RUNTIME_DIR")
    if not runtime_directory:
        return ()
    return (Candidate(path=Path(runtime_directory, "podman/podman.sock")),)


def _socket_of(url: str, by: str) -> Path:
    path = url.removeprefix(UNIX)
    if path == url or not path.startswith("/"):
        raise EngineError(
            f"{by}: {url!r} is no Podman service of this machine",
            remedy="give unix:///path/of/podman.sock, or nothing: bh-container starts its own",
        )
    return Path(path)


def choose(
    found: tuple[Candidate, ...], cgroups: Cgroups, probe: RuntimeProbe
) -> ExistingService | None:
    """The first service that answers and whose runtime works here; None means: start our own.

    Raises `EngineError` when the user asked for a service that cannot be used.
    """
    for candidate in found:
        runtime = probe(candidate.path)
        if runtime is not None and runtime_works(runtime, cgroups):
            return ExistingService(candidate.path)
        if candidate.asked_by:
            raise EngineError(
                f"{candidate.asked_by}: no Podman service answers at {UNIX}{candidate.path}"
                if runtime is None
                else f"{candidate.asked_by}: the Podman service at {UNIX}{candidate.path} uses "
                f"{runtime}, which cannot start containers on this machine (cgroups: {cgroups})",
                remedy="name no service, and bh-container starts its own with a runtime that works",
            )
    return None


def open_service(
    url: str | None, environment: Mapping[str, str], facts: HostFacts, probe: RuntimeProbe
) -> AbstractContextManager[Service]:
    """A service to use until the context is left; only one of our own is ended then."""
    existing = choose(candidates(url, environment, facts.user), facts.cgroups, probe)
    return nullcontext(existing) if existing else own_service(facts, environment)
