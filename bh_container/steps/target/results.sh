#!/bin/bash
# Needs: BH_FILES, paths of initramfs and images below /bh/work.
# Leaves: /bh/out with these files and nothing else.
set -euo pipefail

find /bh/out -mindepth 1 -delete
for file in $BH_FILES; do cp "/bh/work/$file" /bh/out/; done
