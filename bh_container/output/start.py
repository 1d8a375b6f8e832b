"""From a build directory to a guest that can be started."""

from dataclasses import dataclass
from pathlib import Path

from bh_container.errors import BhError
from bh_container.output.build import Build
from bh_container.output.machine import Guest, arch_of
from bh_container.output.medium import make_medium


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a build is to be started; the boot parameters are those of the initramfs's init.

    `stack` are images from the topmost down, None for all; `config` is a persistent
    configuration image that lies above them.
    """

    stack: tuple[str, ...] | None = None
    docache: bool = False
    config: Path | None = None
    cmdline: str = ""
    memory_mib: int = 512
    network: bool = False


def guest_of(build: Build, wish: Wish, medium: Path) -> Guest:
    """Write the build's images to a disk image at `medium`, and describe the guest that has it."""
    extra = build.images[1:]
    stack = tuple(reversed(extra)) if wish.stack is None else wish.stack
    for name in stack:
        if name not in extra:
            raise BhError(
                f"{build.directory}: there is no image '{name}' to stack",
                remedy=f"it has: {', '.join(extra) or 'none beside base'}",
            )
    files = {name: build.directory / name for name in build.images}
    if wish.config is not None:
        files["config"] = wish.config
    make_medium(files, medium)
    words = [f"squash_stack={':'.join(stack)}"] if stack else []
    words += ["docache"] if wish.docache else []
    return Guest(
        arch=arch_of(build.target_tuple),
        kernel=build.kernel,
        initramfs=build.initramfs,
        medium=medium,
        cmdline=" ".join([*words, wish.cmdline]).strip(),
        memory_mib=wish.memory_mib,
        network=wish.network,
    )
