#!/bin/bash
# Needs: /bh/work/final/$BH_LIST; BH_LEFT_OUT, directories whose content stays out of the image; BH_LEVEL, of zstd.
# Leaves: /bh/work/image/$BH_LIST, byte-identical for identical content.
set -euo pipefail

root=/bh/work/final/$BH_LIST
mkdir -p /bh/work/image
# Mounts of this step alone: the image gets an empty directory, the root keeps its content.
for directory in $BH_LEFT_OUT; do
	if [ -d "$root/$directory" ]; then mount -t tmpfs -o mode=755 left-out "$root/$directory"; fi
done
gensquashfs --pack-dir="$root" --one-file-system --keep-xattr --compressor=zstd --comp-extra="level=$BH_LEVEL" \
	--num-jobs="$BH_JOBS" --force --quiet "/bh/work/image/$BH_LIST.new"
mv "/bh/work/image/$BH_LIST.new" "/bh/work/image/$BH_LIST"
