#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_ATOM, the dist-kernel; /bh/work/initramfs, not compressed.
# Leaves: /bh/work/kernel-root with the same kernel, built again with the initramfs in it.
set -euo pipefail

ln -snf initramfs /bh/work/initramfs.cpio
fragment=/etc/kernel/config.d/90-bh-container.config
echo 'CONFIG_INITRAMFS_SOURCE="/bh/work/initramfs.cpio"' >"$fragment"
rm -rf /bh/work/kernel-root
mkdir -p /bh/work/kernel-root
# Not among the binary packages: there it would be taken for the kernel without one.
FEATURES="${FEATURES:-} -buildpkg" "$BH_TUPLE-emerge" --root=/bh/work/kernel-root --sysroot="$BH_SYSROOT" \
	--config-root="$BH_SYSROOT" --oneshot --nodeps --usepkg=n --getbinpkg=n --quiet "$BH_ATOM"
echo 'CONFIG_INITRAMFS_SOURCE=""' >"$fragment"
