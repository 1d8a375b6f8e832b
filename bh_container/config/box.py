"""The box of a target: the one program that is the shell and commands of an initramfs.

A new box is a member of `Box`, one of `Flavour` of the same name, and a row in `BOXES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Flavour(StrEnum):
    """A complete stage3/stage4, or a stage0 whose commands come from one box."""

    COMPLETE = "complete"
    BUSYBOX = "busybox"
    TOYBOX = "toybox"


class Box(StrEnum):
    """The one program that is many commands."""

    BUSYBOX = "busybox"
    TOYBOX = "toybox"

    @property
    def package(self) -> str:
        """`category/name` of its package."""
        return BOXES[self].package

    @property
    def installed(self) -> str:
        """The path of its program in a root."""
        return BOXES[self].installed

    @property
    def shells(self) -> tuple[str, ...]:
        """The options of its configuration, any of which brings a shell."""
        return BOXES[self].shells

    @property
    def mini_variables(self) -> Mapping[str, str]:
        """What the static program of the initramfs is compiled with, beside USE."""
        return BOXES[self].mini_variables

    @property
    def mini_config(self) -> str:
        """Its configuration in the initramfs."""
        return f"{self.value}-mini.config"

    @property
    def config(self) -> str:
        """Its configuration in the root."""
        return f"{self.value}.config"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPackage:
    """The package of a box, and where it puts the program.

    `shells` are the options of its configuration that bring one; `mini_variables` is what that of
    the initramfs is compiled with, beside USE.
    """

    package: str
    installed: str
    shells: tuple[str, ...]
    mini_variables: Mapping[str, str] = field(default_factory=dict)


BOXES: Mapping[Box, BoxPackage] = {
    Box.BUSYBOX: BoxPackage(
        package="sys-apps/busybox", installed="bin/busybox", shells=("ASH", "HUSH")
    ),
    Box.TOYBOX: BoxPackage(
        package="sys-apps/toybox",
        installed="usr/bin/toybox",
        shells=("SH",),
        # Neither its configuration nor its ebuild has a word for a static program.
        mini_variables={"LDFLAGS": "-static"},
    ),
}
