#!/bin/bash
# Needs: /bh/config/target/initramfs, /bh/work/box, /bh/work/kernel; BH_BOX_PROGRAM, BH_BOX_PATH.
# Leaves: /bh/work/initramfs, a cpio archive that is the same for the same content.
set -euo pipefail

tree=/bh/work/initramfs.tree
rm -rf "$tree"
mkdir -p "$tree"
rsync --archive --chown=root:root /bh/config/target/initramfs/ "$tree/"
mkdir -p "$tree"/{bin,dev,mnt,proc,sys}
install --mode=755 "/bh/work/box/$BH_BOX_PATH" "$tree/bin/$BH_BOX_PROGRAM"
ln -snf "$BH_BOX_PROGRAM" "$tree/bin/sh"
find "$tree" -exec touch --no-dereference --date=@0 {} +

# Paths, modes and device nodes go by a list: nothing here needs mknod.
list=/bh/work/initramfs.list
(
	cd "$tree"
	echo 'nod /dev/console 0600 0 0 c 5 1'
	find . -mindepth 1 -type d -printf 'dir /%P 0%m 0 0\n' | LC_ALL=C sort
	find . -type l -printf 'slink /%P %l 0777 0 0\n' | LC_ALL=C sort
	find . -type f -printf "file /%P $tree/%P 0%m 0 0\n" | LC_ALL=C sort
) >"$list"
# The directory of a node has to come before the node.
sed --in-place -e '1{h;d}' -e '\,^dir /dev 0,G' "$list"
/bh/work/kernel/gen_init_cpio -t 0 "$list" | gzip --best --no-name >/bh/work/initramfs.new
mv /bh/work/initramfs.new /bh/work/initramfs
