"""The steps from binary packages to images, and from images to a build directory."""

from collections.abc import Iterable, Mapping

from bh_container.config.target import Target
from bh_container.plan import kernel
from bh_container.plan.box import box_of
from bh_container.plan.host import library_links
from bh_container.plan.layout import layout_of
from bh_container.plan.step import Recipe, contents

STAGE0_LEFT_OUT = "var/db/pkg var/lib/portage var/cache/edb etc/portage"
"""What a stage0 image does without: it has no package manager."""

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


def recipes(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """Final directories, initramfs, squashfs images, layout, list of packages."""
    names = " ".join(one.name for one in target.lists)
    yield from _final_directories(target, tuning)
    yield from _initramfs(target, tuning)
    for one in target.lists:
        yield Recipe(
            name=f"squashfs:{one.name}",
            script="target/squashfs.sh",
            environment={"BH_LIST": one.name, "BH_LEFT_OUT": STAGE0_LEFT_OUT},
            tuning=tuning,
        )
    layout = layout_of(target)
    yield Recipe(
        name="layout",
        script=layout.script,
        environment={"BH_KERNEL_IMAGE": layout.kernel, "BH_LISTS": names, **layout.variables},
        tuning=tuning,
    )
    yield Recipe(
        name="inventory",
        script="target/inventory.sh",
        environment={"BH_LISTS": names},
        tuning=tuning,
    )
    yield from kernel.clean_recipes(target, tuning)


def _final_directories(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    atoms = {one.name: one.atoms for one in target.lists}
    for one in target.lists:
        mask = {"BH_LIST": one.name, "INSTALL_MASK": target.install_mask or ""}
        world = [atom for name in (*one.ancestors, one.name) for atom in atoms[name]]
        yield Recipe(
            name=f"root:{one.name}",
            script="target/root.sh",
            environment={"BH_LIBDIRS": library_links(target), **mask},
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
    yield Recipe(
        name="modules",
        script="target/modules.sh",
        environment={"BH_LIST": target.lists[0].name},
        tuning=tuning,
    )


def _initramfs(target: Target, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    box = box_of(target)
    yield Recipe(
        name="initramfs",
        script="target/initramfs.sh",
        environment={
            "BH_BOX_PROGRAM": box.program,
            "BH_BOX_PATH": box.installed,
            "BH_MODULES": " ".join(BOOT_MODULES),
        },
        reads=contents(target.files.under("initramfs")),
        tuning=tuning,
    )
