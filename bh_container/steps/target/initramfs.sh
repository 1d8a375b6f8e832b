#!/bin/bash
# Needs: the template, box, kernel; BH_BOX_PROGRAM, BH_BOX_PATH, BH_MODULES, BH_LIBRARIES and programs of BH_SYSROOT, BH_IMAGES, BH_PACK.
# Leaves: /bh/work/initramfs, a cpio archive that is the same for the same content.
set -euo pipefail
read -ra modules <<<"$BH_MODULES"
read -ra libraries <<<"$BH_LIBRARIES"
read -ra pack <<<"$BH_PACK"

tree=/bh/work/initramfs.tree
rm -rf "$tree"
mkdir -p "$tree"
rsync --archive --chown=root:root /bh/config/target/initramfs/ "$tree/"
mkdir -p "$tree"/{bin,dev,mnt,proc,sys}
install --mode=755 "/bh/work/box/$BH_BOX_PATH" "$tree/bin/$BH_BOX_PROGRAM"
ln -snf "$BH_BOX_PROGRAM" "$tree/bin/sh"
python3 /bh/steps/inside/modules.py /bh/work/kernel/lib/modules "$tree/lib/modules" "${modules[@]}"
python3 /bh/steps/inside/libraries.py copy "$BH_SYSROOT" "$tree" "${libraries[@]}"
for image in $BH_IMAGES; do ln "/bh/work/image/$image" "$tree/$image"; done

# Device nodes go by a list: nothing here needs mknod.
python3 /bh/steps/inside/cpio.py "$tree" 'nod /dev/console 0600 0 0 c 5 1' |
	"${pack[@]}" >/bh/work/initramfs.new
mv /bh/work/initramfs.new /bh/work/initramfs
# A snapshot would keep what is in the archive once more.
rm -rf "$tree"
