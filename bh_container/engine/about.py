"""What Podman says of itself: its versions, its OCI runtime, and how it stores images."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OVERLAY = "overlay"
"""The storage driver that shows a container's root filesystem as a directory of its own."""

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PodmanFacts:
    """A Podman service, and the program of the same name.

    `client` is the program's version, None where there is none; `version` the service's. `mapped`
    is how many user ids a rootless container has. `native` is whether the kernel alone makes a
    layer's difference; `mounter` the program that mounts overlays in the kernel's place. Images are
    in `root`, on a filesystem of the kind `backing`; what is imported is in `spool` meanwhile.
    `configuration` is the containers-storage.conf(5) that is in force.
    """

    client: str | None
    version: str
    runtime: str
    driver: str
    backing: str
    native: bool
    mounter: str | None
    root: Path
    spool: Path
    configuration: Path
    rootless: bool
    mapped: int = 0


def facts_in(info: Mapping[str, Any], client: str | None) -> PodmanFacts:
    """Read the answer of /libpod/info, as Podman 4 and 5 have it."""
    host, store = info["host"], info["store"]
    status = store.get("graphStatus") or {}
    ids = (host.get("idMappings") or {}).get("uidmap") or ()
    return PodmanFacts(
        client=client,
        version=info["version"]["Version"],
        runtime=host["ociRuntime"]["name"],
        driver=store["graphDriverName"],
        backing=status.get("Backing Filesystem", "unknown"),
        native=status.get("Native Overlay Diff") == "true",
        mounter=_mounter(store.get("graphOptions") or {}),
        root=Path(store["graphRoot"]),
        spool=Path(store.get("imageCopyTmpDir") or "/var/tmp"),  # noqa: S108 - Podman's default
        configuration=Path(store["configFile"]),
        rootless=bool(host["security"]["rootless"]),
        mapped=sum(entry["size"] for entry in ids),
    )


def _mounter(options: Mapping[str, Any]) -> str | None:
    """The `mount_program` of containers-storage.conf(5); Podman adds what it knows of it."""
    found = options.get("overlay.mount_program")
    path = found.get("Executable") if isinstance(found, dict) else found
    return str(path) if path else None


def version_of(text: str) -> Version:
    """The numbers at the front of a version: `5.4.2-dev` is (5, 4, 2)."""
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, found[0].split("."))) if found else ()


def client_version(podman: Path | None) -> str | None:
    """The version of the program `podman`; None where it is missing or says something else."""
    if podman is None:
        return None
    try:
        said = subprocess.run([podman, "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r"\d+\.\d\S*", said.stdout)
    return found[0] if found else None
