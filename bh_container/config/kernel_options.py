"""The options of `linux.config` that a target's images need: asked before a long build."""

from collections.abc import Iterable
from dataclasses import dataclass

from bh_container.config.kernel import KERNEL_CONFIG, ConfigUse, Option
from bh_container.config.placement import placement_of
from bh_container.config.problems import Problem
from bh_container.config.target import Target

OFF = "n"
ON = "y"
MODULE = "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An option that has to be on, and what for; `module`: a module of it does as well.

    `default` is what the kernel takes (init/Kconfig and others) where linux.config does not say.
    """

    option: str
    reason: str
    module: bool = False
    default: str = OFF


_INITRAMFS = (
    Need(option="BLK_DEV_INITRD", reason="the initramfs"),
    Need(option="BINFMT_ELF", reason="its programs", default=ON),
    Need(option="BINFMT_SCRIPT", reason="its init, which is a script", default=ON),
    Need(option="DEVTMPFS", reason="the device nodes of its init"),
    Need(option="PROC_FS", reason="the boot parameters", default=ON),
    Need(option="TMPFS", reason="what is written at run time"),
    Need(option="BLK_DEV_LOOP", reason="mounting the images, which are files", module=True),
    Need(option="SQUASHFS", reason="the images", module=True),
    Need(option="SQUASHFS_ZSTD", reason="the images, which are compressed so"),
    Need(option="OVERLAY_FS", reason="stacking the images", module=True),
)
_COMPRESSED = Need(option="RD_GZIP", reason="the initramfs, which is compressed so", default=ON)


def needs_of(target: Target) -> tuple[Need, ...]:
    """What the images of a target ask of its kernel."""
    placement = placement_of(target)
    needs = _INITRAMFS if placement.initramfs else ()
    return (*needs, _COMPRESSED) if placement.compressed else needs


def missing_options(target: Target, needs: Iterable[Need]) -> tuple[Problem, ...]:
    """A problem for each option that `linux.config` leaves off and the target cannot do without.

    The file of a dist-kernel only adds to a configuration that has them all; a kernel that is
    built already has no such file.
    """
    if target.kernel.kind.config is ConfigUse.UNREAD:
        return ()
    file = target.directory / KERNEL_CONFIG
    found = []
    for need in needs:
        default = ON if target.kernel.kind.config is ConfigUse.PART else need.default
        option = target.kernel.options.get(need.option, Option(default, None))
        if option.value != ON and not (need.module and option.value == MODULE):
            wanted = "y or m" if need.module else "y"
            what = f"CONFIG_{need.option} is {_word(option.value)}, needed for {need.reason}"
            remedy = f"set it to {wanted} (make menuconfig, or: CONFIG_{need.option}=y)"
            found.append(Problem(file, option.line, what, remedy))
    return tuple(found)


def _word(value: str) -> str:
    return {OFF: "not set", MODULE: "a module"}.get(value, value)
