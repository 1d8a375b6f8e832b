#!/bin/bash
# Needs: /bh/out; BH_KERNEL (below /bh/work), BH_KERNEL_IMAGE, BH_ARM64 (1 or 0), BH_FOLLOWING, BH_STACK, BH_SYSROOT.
# Leaves: boot/ with what the firmware reads, beside initramfs and images.
set -euo pipefail

boot=/bh/out/boot
rm -rf "$boot"
mkdir -p "$boot"
cp "/bh/work/$BH_KERNEL/image" "/bh/out/$BH_KERNEL_IMAGE"
find /bh/work/kernel/dtbs -name '*.dtb' -exec cp --target-directory="$boot" {} +
overlays=$(find /bh/work/kernel/dtbs -type d -name overlays)
if [ -n "$overlays" ]; then cp --recursive "$overlays" "$boot/"; fi
find "$BH_SYSROOT/boot" -maxdepth 1 -type f \( -name '*.elf' -o -name '*.dat' -o -name bootcode.bin \) \
	-exec cp --target-directory="$boot" {} +

# https://www.raspberrypi.com/documentation/computers/config_txt.html
cat >"$boot/config.txt" <<-END
	arm_64bit=$BH_ARM64
	kernel=${BH_KERNEL_IMAGE##*/}
	$BH_FOLLOWING
	enable_uart=1
	disable_splash=1
END
echo "console=serial0,115200 console=tty1 quiet${BH_STACK:+ squash_stack=$BH_STACK}" >"$boot/cmdline.txt"
