"""Where a target's images lie: beside the kernel, in the initramfs, or with it in the kernel.

`split.base` and `split.extra` keep images out of the initramfs, `split.initramfs` keeps the
initramfs out of the kernel: eight combinations, from all in one file to each by itself.
"""

from dataclasses import dataclass

from bh_container.config.target import Target
from bh_container.config.worlds import BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The lists whose images lie `inside` the initramfs and `beside` it.

    `initramfs` says whether there is one, `embedded` whether it is part of the kernel, and
    `compressed` whether its own file is.
    """

    inside: tuple[str, ...]
    beside: tuple[str, ...]
    initramfs: bool
    embedded: bool
    compressed: bool


def placement_of(target: Target) -> Placement:
    """What the `split.*` files say, as far as it can be: without a box there is no initramfs, and
    a kernel that is built already takes none in."""
    initramfs = target.box is not None
    embedded = initramfs and not target.splits.initramfs and target.kernel.kind.takes_initramfs
    split = {
        one.name: target.splits.base if one.name == BASE else target.splits.extra
        for one in target.lists
    }
    return Placement(
        inside=tuple(name for name, beside in split.items() if initramfs and not beside),
        beside=tuple(name for name, beside in split.items() if beside or not initramfs),
        initramfs=initramfs,
        embedded=embedded,
        # The kernel packs what it embeds, as its own configuration says; on m68k nothing is packed.
        compressed=initramfs and not embedded and not target.tuple.startswith("m68k"),
    )
