#!/bin/bash
# Needs: BH_SYSROOT, BH_ARCH.
# Leaves: kernel sources without anything that building the kernel made.
set -euo pipefail

make --directory="$BH_SYSROOT/usr/src/linux" ARCH="$BH_ARCH" --silent mrproper
