#!/bin/bash
# Needs: a prepared kernel; BH_SYSROOT, BH_TUPLE, BH_ARCH, BH_JOBS, BH_CCACHE.
# Leaves: /bh/work/kernel with image, dtbs/, lib/modules/, config and System.map.
set -euo pipefail

cd "$BH_SYSROOT/usr/src/linux"
make=(make ARCH="$BH_ARCH" CROSS_COMPILE="$BH_TUPLE-" CC="${BH_CCACHE:+$BH_CCACHE }$BH_TUPLE-gcc" INSTALL_MOD_STRIP=1
	CONFIG_INITRAMFS_SOURCE=)
"${make[@]}" --jobs="$BH_JOBS" all

new=/bh/work/kernel.new
rm -rf "$new"
mkdir -p "$new/dtbs" "$new/lib/modules"
if grep -q '^CONFIG_MODULES=y' .config; then
	"${make[@]}" --silent INSTALL_MOD_PATH="$new" modules_install
	rm -f "$new"/lib/modules/*/{build,source}
fi
if grep -q '^CONFIG_OF_EARLY_FLATTREE=y' .config; then
	"${make[@]}" --silent INSTALL_DTBS_PATH="$new/dtbs" dtbs_install
fi
cp "$("${make[@]}" --silent image_name)" "$new/image"
cp .config "$new/config"
cp System.map "$new/"
rm -rf /bh/work/kernel
mv "$new" /bh/work/kernel
