#!/bin/bash
# Needs: /bh/work/kernel; BH_LIST, the list whose image carries the kernel's modules.
# Leaves: that list's root with this kernel's modules and its packages'; another kernel's in /bh/work/modules.old.
set -euo pipefail
shopt -s nullglob

root=/bh/work/final/$BH_LIST built=/bh/work/kernel/lib/modules aside=/bh/work/modules.old
mkdir -p "$root/usr/lib/modules"
stale=()
for release in "$root"/usr/lib/modules/*; do
	if [ ! -d "$built/${release##*/}" ]; then stale+=("$release"); fi
done
if [ "${#stale[@]}" -gt 0 ]; then
	rm -rf "$aside"
	mkdir -p "$aside"
	mv "${stale[@]}" "$aside/"
fi
# What packages have installed beside the kernel's own stays, and modprobe finds it.
for release in "$built"/*; do
	rsync --archive --delete "$release/kernel" "$root/usr/lib/modules/${release##*/}/"
	rsync --archive "$release/" "$root/usr/lib/modules/${release##*/}/"
	depmod --basedir "$root" "${release##*/}"
done
