#!/bin/bash
# Needs: /bh/out with initramfs and images, /bh/work/kernel; BH_KERNEL (below /bh/work), BH_KERNEL_IMAGE.
# Leaves: the kernel and its device trees beside them.
set -euo pipefail

cp "/bh/work/$BH_KERNEL/image" "/bh/out/$BH_KERNEL_IMAGE"
rm -rf /bh/out/dtbs
cp --recursive /bh/work/kernel/dtbs /bh/out/dtbs
