#!/bin/bash
# Needs: /bh/work/{kernel,image,initramfs}; BH_KERNEL_IMAGE, BH_ARM64 (1 or 0), BH_LISTS, BH_STACK, BH_SYSROOT.
# Leaves: /bh/out: boot/ is what the firmware reads, the images lie beside it.
set -euo pipefail
read -ra lists <<<"$BH_LISTS"

boot=/bh/out/boot
find /bh/out -mindepth 1 -delete
mkdir -p "$boot"
cp /bh/work/kernel/image "/bh/out/$BH_KERNEL_IMAGE"
find /bh/work/kernel/dtbs -name '*.dtb' -exec cp --target-directory="$boot" {} +
overlays=$(find /bh/work/kernel/dtbs -type d -name overlays)
if [ -n "$overlays" ]; then cp --recursive "$overlays" "$boot/"; fi
find "$BH_SYSROOT/boot" -maxdepth 1 -type f \( -name '*.elf' -o -name '*.dat' -o -name bootcode.bin \) \
	-exec cp --target-directory="$boot" {} +
cp /bh/work/initramfs /bh/out/initramfs
for list in "${lists[@]}"; do cp "/bh/work/image/$list" "/bh/out/$list"; done

# https://www.raspberrypi.com/documentation/computers/config_txt.html
cat >"$boot/config.txt" <<-END
	arm_64bit=$BH_ARM64
	kernel=${BH_KERNEL_IMAGE##*/}
	initramfs initramfs followkernel
	enable_uart=1
	disable_splash=1
END
echo "console=serial0,115200 console=tty1 quiet${BH_STACK:+ squash_stack=$BH_STACK}" >"$boot/cmdline.txt"
