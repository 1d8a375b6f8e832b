#!/bin/bash
# Needs: /bh/work/{kernel,image}, /bh/work/initramfs; BH_KERNEL_IMAGE, BH_LISTS, BH_SYSROOT.
# Leaves: /bh/out as the boot partition of a Raspberry Pi: boot/ and the images beside it.
set -euo pipefail

find /bh/out -mindepth 1 -delete
mkdir -p /bh/out/boot
cp /bh/work/kernel/image "/bh/out/$BH_KERNEL_IMAGE"
find /bh/work/kernel/dtbs -name '*.dtb' -exec cp --target-directory=/bh/out/boot {} +
if [ -d /bh/work/kernel/dtbs/overlays ]; then cp --recursive /bh/work/kernel/dtbs/overlays /bh/out/boot/; fi
find "$BH_SYSROOT/boot" -maxdepth 1 -type f \
	\( -name '*.elf' -o -name 'fixup*.dat' -o -name '*.txt' -o -name bootcode.bin \) \
	-exec cp --target-directory=/bh/out/boot {} +
cp /bh/work/initramfs /bh/out/initramfs
for list in $BH_LISTS; do cp "/bh/work/image/$list" "/bh/out/$list"; done
