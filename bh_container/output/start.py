"""From a build directory to a guest that can be started."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bh_container.config.choices import Medium
from bh_container.config.cpu import cpu_of
from bh_container.errors import BhError
from bh_container.output.build import Build, stack_of
from bh_container.output.config_image import CONFIG
from bh_container.output.machine import Guest
from bh_container.output.medium import make_medium

_TAG = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a build is to be started; the boot parameters are those of the initramfs's init.

    `stack` are images from the topmost down, None for all; `config` is a persistent
    configuration image that lies above them. They lie in `directory` of the medium.
    """

    stack: tuple[str, ...] | None = None
    docache: bool = False
    config: Path | None = None
    medium: Medium = Medium.FAT
    directory: str = ""
    cmdline: str = ""
    memory_mib: int = 512
    network: bool = False


def guest_of(build: Build, wish: Wish, medium: Path) -> Guest:
    """Write the build's images to a medium at `medium`, and describe the guest that has it.

    Where all images are in the initramfs and there is no configuration, there is no medium.
    """
    if build.kernel is None:
        raise BhError(
            f"{build.directory}: there is no kernel in it to start",
            remedy="name one in the target's worlds/kernel",
        )
    stack = stack_of(build, wish.stack)
    files = {name: build.directory / name for name in build.beside}
    if wish.config is not None:
        files[CONFIG] = wish.config
    placed = {str(PurePosixPath(wish.directory, name)): file for name, file in files.items()}
    shared = bool(placed) and wish.medium is Medium.SHARE
    drive = bool(placed) and not shared
    if placed:
        make_medium(placed, medium, wish.medium)
    words = [f"squash_type=9p squash_dev={_TAG}"] if shared else []
    words += [f"squash_dir={wish.directory}"] if wish.directory else []
    words += [f"squash_stack={':'.join(stack)}"] if stack else []
    words += ["docache"] if wish.docache else []
    return Guest(
        arch=cpu_of(build.target_tuple),
        kernel=build.kernel,
        initramfs=build.initramfs,
        medium=medium if drive else None,
        shares={_TAG: medium} if shared else {},
        cmdline=" ".join([*words, wish.cmdline]).strip(),
        memory_mib=wish.memory_mib,
        network=wish.network,
    )
