#!/bin/bash
# Needs: BH_FRAGMENTS, files of the configuration with options for a dist-kernel.
# Leaves: /etc/kernel/config.d with them; the last one keeps any initramfs out of the kernel for now.
set -euo pipefail

fragments=/etc/kernel/config.d
rm -rf "$fragments"
mkdir -p "$fragments"
for file in $BH_FRAGMENTS; do install --mode=644 "/bh/config/target/$file" "$fragments/50-$file"; done
echo 'CONFIG_INITRAMFS_SOURCE=""' >"$fragments/90-bh-container.config"
