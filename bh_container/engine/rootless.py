"""Without root: going to where Podman's mounts can be seen.

A user's Podman processes share a user and a mount namespace, in which the user is root; a process
of Podman's that does nothing (the "pause process") keeps them. A target is built in the mounted
root of a container, so the whole command has to be in there: podman-unshare(1), nsenter(1).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bh_container.engine.host import UNSHARED

PAUSE = "libpod/tmp/pause.pid"
"""Below a user's runtime directory: libpod, pkg/util, GetRootlessPauseProcessPidPath."""

_GO = 'cd "$0" && exec "$@"'


def enter(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Go on as the same command in the namespaces of this user's Podman; `words` are its options.

    The process stays the same one, and Python looks for modules where it did. Returns where it is
    root already, where the user named a service, and where Podman can have no namespaces here:
    what Podman says of that comes later.
    """
    user = os.geteuid()
    if user == 0 or UNSHARED in environment or _names_service(words, environment):
        return
    podman, nsenter = shutil.which("podman"), shutil.which("nsenter")
    keeper = _keeper(podman, environment, user) if podman and nsenter else None
    if nsenter and keeper:
        command = [sys.executable, *sys.orig_argv[1:]]
        inside = {
            "_CONTAINERS_USERNS_CONFIGURED": "done",
            "_CONTAINERS_ROOTLESS_GID": str(os.getegid()),
            UNSHARED: str(user),
        }
        os.execve(  # noqa: S606 - a list of words
            nsenter,
            [
                *("nsenter", f"--target={keeper}", "--user", "--mount"),
                *("sh", "-c", _GO, str(Path.cwd()), *command),
            ],
            {**environment, **inside},
        )


def _names_service(words: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether a service of somebody else is to be used; inside, its socket may not be reached."""
    given = any(word == "--url" or word.startswith("--url=") for word in words)
    return given or any(environment.get(name) for name in ("BH_PODMAN_URL", "CONTAINER_HOST"))


def _keeper(podman: str, environment: Mapping[str, str], user: int) -> int | None:
    """The pause process, which Podman starts where there is none."""
    done = subprocess.run(
        [podman, "unshare", "true"], check=False, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode:
        return None
    given = environment.get("XDG_RUNTIME_DIR")
    temporary = environment.get("TMPDIR") or "/tmp"  # noqa: S108 - as Podman has it
    usual = (f"/run/user/{user}", f"{temporary}/podman-run-{user}")
    for directory in (*((given,) if given else ()), *usual):
        try:
            return int(Path(directory, PAUSE).read_text())
        except (OSError, ValueError):
            continue
    return None
