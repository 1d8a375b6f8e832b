#!/bin/bash
# Needs: BH_LIST, BH_LIBDIRS; INSTALL_MASK, what packages leave out when they are installed here; BH_GCC_MASK, what gcc does.
# Leaves: /bh/work/final/$BH_LIST, a merged-usr root: that of the last run if it had this mask.
set -euo pipefail

root=/bh/work/final/$BH_LIST
# A package that is installed already would not be filtered by another mask.
mask=$INSTALL_MASK${BH_GCC_MASK:+ gcc: $BH_GCC_MASK}
if [ "$(cat "$root.mask" 2>/dev/null)" != "$mask" ]; then
	rm -rf "$root" "$root.inherited" "$root.patched"
fi
mkdir -p "$root"/usr/{bin,lib} "$root"/{dev,proc,run,sys,tmp} "$root"/var/{db/pkg,lib/portage}
for name in bin sbin; do ln -snf usr/bin "$root/$name"; done
ln -snf bin "$root/usr/sbin"
for name in lib $BH_LIBDIRS; do ln -snf usr/lib "$root/$name"; done
for name in $BH_LIBDIRS; do ln -snf lib "$root/usr/$name"; done
echo "$mask" >"$root.mask"
