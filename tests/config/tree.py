"""Directory trees written as tables: path to content, `-> ...` for a link, None for nothing."""

from collections.abc import Mapping
from pathlib import Path

TUPLE = "aarch64-unknown-linux-musl"

LINUX_CONFIG = """\
CONFIG_64BIT=y
CONFIG_BLK_DEV_INITRD=y
CONFIG_BLK_DEV_LOOP=y
CONFIG_DEVTMPFS=y
CONFIG_OVERLAY_FS=y
CONFIG_SQUASHFS=y
CONFIG_SQUASHFS_ZSTD=y
CONFIG_TMPFS=y
"""

TARGET: Mapping[str, str | None] = {
    "build-arch": "arm64\n",
    "busybox-mini.config": "CONFIG_STATIC=y\n",
    "initramfs/init": "#!/bin/sh\n",
    "linux.config": LINUX_CONFIG,
    "target-portage/make.conf": f"CHOST={TUPLE}\nROOT=/usr/${{CHOST}}/\n",
    "target-portage/make.profile": "-> /var/db/repos/gentoo/profiles/nowhere",
    "target-portage/profile/make.defaults": 'ARCH="arm64"\nELIBC="musl"\n',
    "worlds/base": "sys-apps/busybox\n",
    "worlds/kernel": "sys-kernel/gentoo-sources\n",
}

HOST: Mapping[str, str | None] = {
    "target-portage/make.conf": 'CHOST="x86_64-pc-linux-musl"\n',
    "target-portage/make.profile": "-> /var/db/repos/gentoo/profiles/nowhere",
    "target-portage/repos.conf": "[gentoo]\nauto-sync = no\n",
    "worlds/base": "dev-vcs/git\nsys-devel/crossdev\n",
}


def write_tree(directory: Path, tree: Mapping[str, str | None]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        if content is None:
            continue
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith("-> "):
            path.symlink_to(content.removeprefix("-> "))
        else:
            path.write_text(content)
    return directory
