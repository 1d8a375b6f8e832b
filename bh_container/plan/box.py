"""The box of a target: the one program that is the shell and commands of an initramfs."""

from dataclasses import dataclass

from bh_container.config.target import Box, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPackage:
    """`installed` is where the package puts its program; the configs are the target's files."""

    package: str
    program: str
    installed: str
    config: str
    mini_config: str


BOXES = {
    Box.BUSYBOX: BoxPackage(
        package="sys-apps/busybox",
        program="busybox",
        installed="bin/busybox",
        config="busybox.config",
        mini_config="busybox-mini.config",
    ),
    Box.TOYBOX: BoxPackage(
        package="sys-apps/toybox",
        program="toybox",
        installed="usr/bin/toybox",
        config="toybox.config",
        mini_config="toybox-mini.config",
    ),
}


def box_of(target: Target) -> BoxPackage:
    """The box of a target that has one; the configuration's checks see to that."""
    if target.box is None:
        raise AssertionError(f"{target.full_name} has no box")
    return BOXES[target.box]
