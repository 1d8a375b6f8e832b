"""What of a container is in memory instead of on the disk, as the settings say."""

from bh_container.config.settings import Settings, TmpType
from bh_container.engine.protocol import Mount, Tmpfs

TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - in the container
ANYBODY = "mode=1777"


def memory_mounts(settings: Settings, compiling: str) -> tuple[Mount, ...]:
    """TMP_TYPE has `/tmp` and `/var/tmp` in memory, and the directory in which Portage compiles;
    of the last TMP_SIZE is the size.

    What is kept of a run is in Podman's store, and so on the disk in any case.
    """
    if settings.tmp_type is not TmpType.TMPFS:
        return ()
    options = {**dict.fromkeys(TEMPORARY, ANYBODY), compiling: f"size={settings.tmp_size}"}
    return tuple(Tmpfs(destination=place, options=options[place]) for place in sorted(options))
