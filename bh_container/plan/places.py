"""Where things are inside a container. The scripts in `bh_container/steps` use the same paths."""

from bh_container.config.target import Target

STEPS = "/bh/steps"
HOST_CONFIG = "/bh/config/host"
TARGET_CONFIG = "/bh/config/target"
LOG = "/bh/log"
WORK = "/bh/work"
OUT = "/bh/out"
DISTFILES = "/var/cache/distfiles"
CCACHE = "/var/cache/ccache"
HOST_BINPKGS = "/var/cache/binpkgs"
REPOSITORIES = "/var/db/repos"
PORTAGE_TMP = "/var/tmp/portage"  # noqa: S108 - in the container, where it is Portage's default


def sysroot(target: Target) -> str:
    """Where a target is compiled and installed first."""
    return f"/usr/{target.full_name}"


def compiling(target: Target) -> str:
    """Where Portage compiles for a target: PORTAGE_TMPDIR of its make.conf."""
    if target.portage_tmpdir is None:
        return PORTAGE_TMP
    # `/usr/<tuple>` is a link, and leads there only while the target is built.
    link = f"/usr/{target.tuple}/"
    directory = target.portage_tmpdir.rstrip("/")
    return directory.replace(link, f"{sysroot(target)}/", 1)


def final(name: str) -> str:
    """Where a list is installed from binary packages, to become an image."""
    return f"{WORK}/final/{name}"


def binpkgs(target: Target) -> str:
    """Where a target's binary packages are: `${ROOT}packages/` in its make.conf."""
    return f"{sysroot(target)}/packages"
