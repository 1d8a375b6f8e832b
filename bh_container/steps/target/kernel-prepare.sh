#!/bin/bash
# Needs: BH_SYSROOT, BH_TUPLE, BH_ARCH; /bh/config/target/linux.config.
# Leaves: the newest kernel sources configured, at /usr/src/linux, where ebuilds look for options.
set -euo pipefail

cd "$BH_SYSROOT/usr/src"
newest=$(find . -maxdepth 1 -type d -name 'linux-*' -printf '%P\n' | sort --version-sort | tail -n 1)
ln -snf "$newest" linux
cd linux
if [ -e .config ] && cmp --silent /bh/config/target/linux.config .config.asked; then exit 0; fi
cp /bh/config/target/linux.config .config
make ARCH="$BH_ARCH" CROSS_COMPILE="$BH_TUPLE-" olddefconfig modules_prepare
cp /bh/config/target/linux.config .config.asked
