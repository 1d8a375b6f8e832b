#!/bin/bash
# Needs: /bh/work/{kernel,image}, /bh/work/initramfs; BH_KERNEL_IMAGE, BH_LISTS.
# Leaves: /bh/out with the kernel, its device trees, the initramfs and the images.
set -euo pipefail
read -ra lists <<<"$BH_LISTS"

find /bh/out -mindepth 1 -delete
cp /bh/work/kernel/image "/bh/out/$BH_KERNEL_IMAGE"
cp --recursive /bh/work/kernel/dtbs /bh/out/dtbs
cp /bh/work/initramfs /bh/out/initramfs
for list in "${lists[@]}"; do cp "/bh/work/image/$list" "/bh/out/$list"; done
