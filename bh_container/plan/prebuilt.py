"""Where a package that installs a kernel has it, its modules and its device trees."""

from dataclasses import dataclass

from bh_container.config.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Prebuilt:
    """What to take of a kernel that is built already, as regular expressions of grep -E.

    `images` are paths of the kernel, the best first; `release` is the kernel's release, where a
    package holds modules for several.
    """

    images: tuple[str, ...]
    release: str = ".*"


DIST_KERNEL = Prebuilt(
    images=(
        # kernel-build.eclass, dist-kernel_get_image_path
        r"/usr/src/linux-[^/]+/arch/[^/]+/boot/(bzImage|Image\.gz|Image|zImage|vmlinuz\.efi)",
        r"/usr/src/linux-[^/]+/vmlinux",
        r"/boot/(vmlinuz|kernel)-[^/]+",
    )
)
RASPBERRYPI_IMAGE = {
    "arm": Prebuilt(images=(r"/boot/kernel\.img",), release=r"[0-9.]+\+"),
    "arm64": Prebuilt(images=(r"/boot/kernel8\.img",), release=r"[0-9.]+-v8\+"),
}
"""By architecture: sys-kernel/raspberrypi-image has kernel and modules for every board there is."""


def prebuilt_of(target: Target) -> Prebuilt:
    """What to look for in the package that a target's `worlds/kernel` names."""
    if target.kernel.package == "sys-kernel/raspberrypi-image":
        return RASPBERRYPI_IMAGE.get(target.build_arch, DIST_KERNEL)
    return DIST_KERNEL
