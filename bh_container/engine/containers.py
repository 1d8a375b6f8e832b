"""Containers in Podman's store."""

from pathlib import Path

from bh_container.engine.api import Api, Json, path_of
from bh_container.engine.host import Ulimit
from bh_container.engine.labels import decode_labels, encode_labels, label_filter
from bh_container.engine.protocol import (
    Bind,
    Container,
    ContainerSpec,
    EngineError,
    Mount,
    Overlay,
    Tmpfs,
)

IDLE = 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done'
"""PID 1: waits for what is executed beside it, and ends at once when it is asked to."""
_TAKEN = "already in use"
"""What Podman says when a name of a container, or of its storage, is taken."""


def create_container(api: Api, spec: ContainerSpec, ulimits: tuple[Ulimit, ...]) -> str:
    """Create a container; what its mounts need is checked before Podman is asked.

    A Podman that was killed while it did so has left a root filesystem under this name, of a
    container that it does not know: that goes first.
    """
    body = request_for(spec, ulimits)
    try:
        answer = api.ask("POST", "containers/create", body=body)
    except EngineError as error:
        if _TAKEN not in str(error) or find_container(api, spec.name) is not None:
            raise
        remove_container(api, spec.name)
        answer = api.ask("POST", "containers/create", body=body)
    return str(answer["Id"])


def request_for(spec: ContainerSpec, ulimits: tuple[Ulimit, ...]) -> Json:
    """What Podman's API takes for a container: the SpecGenerator of its `pkg/specgen`."""
    return {
        "name": spec.name,
        "image": spec.image,
        "entrypoint": ["sh"],
        "command": ["-c", IDLE],
        "work_dir": "/",
        "user": "0",
        "privileged": True,
        "netns": {"nsmode": "host"},
        "seccomp_profile_path": "unconfined",
        "image_volume_mode": "ignore",
        "httpproxy": True,
        "env": dict(spec.environment),
        "labels": encode_labels(spec.labels),
        "r_limits": [{"type": u.name, "soft": u.value, "hard": u.value} for u in ulimits],
        # Podman's own limit of 2048 is soon met by a parallel build.
        "resource_limits": {"pids": {"limit": -1}},
        "mounts": [_mount(mount) for mount in spec.mounts if not isinstance(mount, Overlay)],
        "overlay_volumes": [_overlay(mount) for mount in spec.mounts if isinstance(mount, Overlay)],
    }


def _mount(mount: Bind | Tmpfs) -> Json:
    if isinstance(mount, Bind):
        _must_exist(mount.source, mount)
        access = "ro" if mount.read_only else "rw"
        return {
            "type": "bind",
            "source": str(mount.source),
            "destination": mount.destination,
            "options": ["rbind", "rprivate", access],
        }
    return {
        "type": "tmpfs",
        "source": "tmpfs",
        "destination": mount.destination,
        # Podman would forbid to execute anything there, and copy the image's files into memory.
        "options": ["exec", "suid", "dev", "notmpcopyup", *filter(None, mount.options.split(","))],
    }


def _overlay(mount: Overlay) -> Json:
    for path in (mount.lower, mount.upper, mount.work):
        _must_exist(path, mount)
        # These characters separate the options of an overlay in mount(8).
        if set(str(path)) & set(",:\\"):
            raise EngineError(
                f"{path}: an overlay's directory must have no comma, colon or backslash in its path"
            )
    return {
        "source": str(mount.lower),
        "destination": mount.destination,
        "options": [f"upperdir={mount.upper}", f"workdir={mount.work}"],
    }


def _must_exist(path: Path, mount: Mount) -> None:
    if not path.exists():
        raise EngineError(f"{path}: no such file or directory, to be seen at {mount.destination}")


def find_container(api: Api, name: str) -> Container | None:
    """The container of exactly that name or id."""
    found = _inspect(api, name)
    if found is None:
        return None
    return Container(
        id=found["Id"],
        name=found["Name"],
        image=found["ImageName"],
        base=found["Image"],
        labels=decode_labels(found["Config"]["Labels"]),
        running=found["State"]["Running"],
    )


def _inspect(api: Api, name: str) -> Json | None:
    found: Json | None = api.ask("GET", path_of("containers", name, "json"), absent=True)
    # Podman takes any unique beginning of an id for a name.
    if not found or name not in (found["Name"], found["Id"], found["Id"][:12]):
        return None
    return found


def list_containers(api: Api, label: str | None) -> tuple[Container, ...]:
    """All containers, or those with a label."""
    params = {"all": "true", **label_filter(label)}
    listed = api.ask("GET", "containers/json", params=params)
    return tuple(
        Container(
            id=entry["Id"],
            name=entry["Names"][0],
            image=entry["Image"],
            base=entry["ImageID"],
            labels=decode_labels(entry["Labels"]),
            running=entry["State"] == "running",
        )
        for entry in listed or ()
    )


def container_size(api: Api, name: str) -> int:
    """The bytes in a container's own layer."""
    found = api.ask("GET", path_of("containers", name, "json"), params={"size": "true"})
    return int(found.get("SizeRw") or 0)


def start_container(api: Api, name: str) -> None:
    """Start a container; Podman answers 304 when it runs already."""
    api.do("POST", path_of("containers", name, "start"))


def stop_container(api: Api, name: str) -> None:
    """Kill PID 1, and with it everything in the container's PID namespace."""
    api.do("POST", path_of("containers", name, "stop"), params={"timeout": "0"})


def remove_container(api: Api, name: str) -> None:
    """Stop, unmount and remove a container."""
    params = {"force": "true", "timeout": "0", "v": "true"}
    api.do("DELETE", path_of("containers", name), params=params, absent=True)


def mount_container(api: Api, name: str) -> Path:
    """Mount a container's root filesystem; once, however often this is called."""
    if mounted := _mounted(api, name):
        return mounted
    api.do("POST", path_of("containers", name, "mount"))
    mounted = _mounted(api, name)
    if not mounted:
        raise EngineError(f"Podman mounted {name}, but nothing of it can be seen on this machine")
    return mounted


def unmount_container(api: Api, name: str) -> None:
    """Unmount a container's root filesystem, however many times it has been mounted."""
    while _mounted(api, name):
        api.do("POST", path_of("containers", name, "unmount"))


def _mounted(api: Api, name: str) -> Path | None:
    """Where a container is mounted. Podman's word is not enough: see umount(8).

    Its list of all that is mounted fails when any container goes meanwhile.
    """
    found = _inspect(api, name) or {}
    storage = found.get("GraphDriver") or {}
    path = Path((storage.get("Data") or {}).get("MergedDir", ""))
    return path if path.is_absolute() and path.is_mount() else None
