"""The steps from binary packages to images, and from images to a build directory."""

from collections.abc import Iterable, Mapping

from bh_container.config.placement import Placement, placement_of
from bh_container.config.target import KernelKind, Target
from bh_container.plan import etc, kernel
from bh_container.plan.box import box_of
from bh_container.plan.flavour import (
    base_recipes,
    gcc_mask,
    install_mask,
    library_path,
    mask_recipes,
    rules_of,
)
from bh_container.plan.host import library_links
from bh_container.plan.layout import INITRAMFS, layout_of
from bh_container.plan.places import final
from bh_container.plan.step import Recipe, contents

BOOT_MODULES = (
    # where a medium may be
    *("virtio_pci", "virtio_mmio", "virtio_blk", "virtio_scsi", "ahci", "nvme", "sd_mod", "sr_mod"),
    *("sdhci_iproc", "bcm2835", "bcm2835_mmc", "bcm2835_sdhost", "mmc_block"),
    *("xhci_pci", "usb_storage", "uas"),
    # what may be on it
    *("vfat", "nls_cp437", "nls_iso8859_1", "nls_ascii", "nls_utf8", "isofs", "ext4"),
    *("netfs", "9p", "9pnet_virtio"),
    # how the images become one root
    *("loop", "squashfs", "overlay"),
)
"""The modules that a boot may need; the initramfs has them, with what they need, where the kernel
has them as modules. What it loads is its own init's business."""

BOOT_LIBRARIES = (
    *("libc", "libcrypt", "libm", "libatomic", "libcrypto", "libssl"),
    *("rdmsr", "wrmsr"),
)
"""Libraries and programs that an initramfs of its own file has, with the dynamic loader and what
they need, where the sysroot has them: what else its template has may be linked with these."""

PACK = "gzip --no-name"
"""How an initramfs is compressed: every kernel can read that, and it names no time.

Of one with modules, `--best` takes seven times as long for 0.6 % less.
"""


def recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """Final directories, squashfs images, initramfs, layout, list of packages."""
    placement = placement_of(target)
    yield Recipe(name="remnants", script="target/remnants.sh", tuning=tuning, every_run=True)
    yield from _final_directories(target, tuning)
    for one in target.lists:
        yield Recipe(
            name=f"squashfs:{one.name}",
            script="target/squashfs.sh",
            environment={
                "BH_LIST": one.name,
                "BH_LEFT_OUT": rules_of(target).left_out,
                "BH_LEVEL": str(target.squashfs_level),
            },
            tuning=tuning,
        )
    if placement.initramfs:
        yield from _initramfs(target, placement, tuning)
    if placement.embedded:
        yield from kernel.kind_of(target).embed(target, tuning)
    yield from _results(target, placement, tuning)
    yield Recipe(
        name="inventory",
        script="target/inventory.sh",
        environment={"BH_LISTS": " ".join(one.name for one in target.lists)},
        tuning=tuning,
    )
    yield from kernel.kind_of(target).clean(target, tuning)


def _results(target: Target, placement: Placement, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    layout = layout_of(target)
    files = [f"image/{name}" for name in placement.beside]
    if placement.initramfs and not placement.embedded:
        files.insert(0, INITRAMFS)
    yield Recipe(
        name="results",
        script="target/results.sh",
        environment={"BH_FILES": " ".join(files)},
        tuning=tuning,
    )
    if target.kernel.kind is KernelKind.NONE:
        return
    yield Recipe(
        name="layout",
        script=layout.script,
        environment={
            "BH_KERNEL": kernel.EMBEDDED if placement.embedded else kernel.BUILT,
            "BH_KERNEL_IMAGE": layout.kernel,
            **layout.variables,
        },
        tuning=tuning,
    )


def _final_directories(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    atoms = {one.name: one.atoms for one in target.lists}
    yield from mask_recipes(target, tuning)
    for one in target.lists:
        mask = {"BH_LIST": one.name, "INSTALL_MASK": install_mask(target)}
        world = [atom for name in (*one.ancestors, one.name) for atom in atoms[name]]
        yield from etc.lend(one, tuning)
        yield Recipe(
            name=f"root:{one.name}",
            script="target/root.sh",
            environment={
                "BH_LIBDIRS": library_links(target),
                "BH_GCC_MASK": gcc_mask(target),
                **mask,
            },
            tuning=tuning,
        )
        if one.parent is not None:
            yield Recipe(
                name=f"inherit:{one.name}",
                script="target/inherit.sh",
                environment={"BH_LIST": one.name, "BH_PARENT": one.parent},
                tuning=tuning,
            )
        yield Recipe(
            name=f"final:{one.name}",
            script="target/final.sh",
            environment={
                "BH_ATOMS": " ".join(one.atoms),
                "BH_WORLD": " ".join(atom for atom in world if atom[0] != "@"),
                "BH_SETS": " ".join(atom for atom in world if atom[0] == "@"),
                **mask,
            },
            tuning=tuning,
        )
        yield from library_path(target, f"library-path:{one.name}", final(one.name), tuning)
        yield from etc.take_back(one, tuning)
        if target.base_patch and one.parent is None:
            yield _base_patch(target, one.name, tuning)
    yield from base_recipes(target, tuning)
    if target.kernel.kind is not KernelKind.NONE:
        yield Recipe(
            name="modules",
            script="target/modules.sh",
            environment={"BH_LIST": target.lists[0].name},
            tuning=tuning,
        )


def _base_patch(target: Target, name: str, tuning: Mapping[str, str]) -> Recipe:
    return Recipe(
        name="base-patch",
        script="target/base-patch.sh",
        environment={"BH_LIST": name},
        reads=contents(target.files.under("base.patch")),
        tuning=tuning,
    )


def _initramfs(target: Target, placement: Placement, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    box = box_of(target)
    yield Recipe(
        name="initramfs",
        script="target/initramfs.sh",
        environment={
            "BH_BOX_PROGRAM": box.value,
            "BH_BOX_PATH": box.installed,
            "BH_MODULES": " ".join(BOOT_MODULES),
            "BH_LIBRARIES": " ".join(BOOT_LIBRARIES if target.splits.initramfs else ()),
            "BH_IMAGES": " ".join(placement.inside),
            "BH_PACK": PACK if placement.compressed else "cat",
        },
        reads=contents(target.files.under("initramfs")),
        tuning=tuning,
    )
