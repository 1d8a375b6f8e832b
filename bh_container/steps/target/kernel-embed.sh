#!/bin/bash
# Needs: a built kernel; BH_SYSROOT, BH_TUPLE, BH_ARCH, BH_JOBS, BH_CCACHE; /bh/work/initramfs, not compressed.
# Leaves: /bh/work/kernel-embedded/image, the kernel with the initramfs in it.
set -euo pipefail

cd "$BH_SYSROOT/usr/src/linux"
# On the command line it goes before .config, which stays as ebuilds have seen it (usr/Makefile).
ln -snf initramfs /bh/work/initramfs.cpio
make=(make ARCH="$BH_ARCH" CROSS_COMPILE="$BH_TUPLE-" CC="${BH_CCACHE:+$BH_CCACHE }$BH_TUPLE-gcc"
	CONFIG_INITRAMFS_SOURCE=/bh/work/initramfs.cpio)
image=$("${make[@]}" --silent image_name)
"${make[@]}" --jobs="$BH_JOBS" all

mkdir -p /bh/work/kernel-embedded
cp "$image" /bh/work/kernel-embedded/image.new
mv /bh/work/kernel-embedded/image.new /bh/work/kernel-embedded/image
