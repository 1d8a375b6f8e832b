"""How Podman keeps images and containers."""

from collections.abc import Iterator

from bh_container.engine.about import OVERLAY, PodmanFacts
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.install import as_root

REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb2", "overlayfs", "aufs", "ecryptfs"})
"""Filesystems that overlayfs takes for no upper directory, by the names that Podman has for them:
the kernel's Documentation/filesystems/overlayfs.rst, "upper and lower"."""

_NO_REDIRECTS = "options overlay redirect_dir=off metacopy=off"


def storage(facts: Facts) -> Iterator[Finding]:
    """The driver, what it stands on, and what makes it slow."""
    found = facts.podman
    if found is None:
        return
    if found.driver != OVERLAY:
        yield failure(
            f"Podman's storage driver is {found.driver}: it copies whole images, and shows no "
            "root filesystem for a target to be built in",
            _use_overlay(facts, found),
        )
    elif found.backing in REMOTE:
        yield failure(
            f"{found.root} is on {found.backing}, which cannot lie above an overlay",
            _use_overlay(facts, found),
        )
    else:
        yield ok(f"{found.driver} on {found.backing}, in {found.root}")
        yield from _quirks(facts, found)


def _quirks(facts: Facts, found: PodmanFacts) -> Iterator[Finding]:
    if found.mounter:
        yield warning(
            f"{found.mounter} mounts Podman's layers, and every access to a file goes through it",
            f"{as_root(facts)}sed -i 's/^ *mount_program/#&/' {found.configuration}"
            "  # Linux 5.13 or newer",
        )
    elif not found.native:
        yield warning(
            "Podman compares files one by one to save a layer: the kernel's overlays have "
            "redirects",
            f"echo '{_NO_REDIRECTS}' | {as_root(facts)}tee /etc/modprobe.d/overlay.conf"
            "  # then boot again",
        )
    if found.backing == "tmpfs":
        yield warning(
            f"{found.root} is in memory: a build is lost when the machine starts again",
            _use_overlay(facts, found),
        )


def _use_overlay(facts: Facts, found: PodmanFacts) -> str:
    """A store of its own beside the old one, whose images stay where they are: Podman keeps to the
    driver that a store was made with (containers-storage.conf(5)).
    """
    root = found.root.with_name(f"{found.root.name}-{OVERLAY}")
    lines = ["[storage]", f'driver = "{OVERLAY}"', f'graphroot = "{root}"']
    if found.rootless:
        write = "tee ~/.config/containers/storage.conf"
    else:
        lines.append('runroot = "/run/containers/storage"')
        write = f"{as_root(facts)}tee /etc/containers/storage.conf"
    words = " ".join(f"'{line}'" for line in lines)
    return f"printf '%s\\n' {words} | {write}"
