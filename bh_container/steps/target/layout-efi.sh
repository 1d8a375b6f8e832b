#!/bin/bash
# Needs: /bh/out with initramfs and images; BH_KERNEL (below /bh/work), BH_KERNEL_IMAGE.
# Leaves: the kernel beside them, where UEFI firmware looks for a program on a medium.
set -euo pipefail

mkdir -p "/bh/out/${BH_KERNEL_IMAGE%/*}"
# The firmware starts a program that is not compressed; what is not passes through (--force).
gzip --decompress --stdout --force <"/bh/work/$BH_KERNEL/image" >"/bh/out/$BH_KERNEL_IMAGE"
