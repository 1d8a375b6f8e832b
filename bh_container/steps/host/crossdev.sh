#!/bin/bash
# Needs: BH_TUPLE; BH_LIBDIRS, the names that link to lib in a merged-usr root.
# Leaves: the cross toolchain of that tuple, and its skeleton /usr/$BH_TUPLE.skeleton.
set -euo pipefail

skeleton=/usr/$BH_TUPLE.skeleton
mkdir -p "$skeleton"/usr/{bin,lib}
ln -snf usr/bin "$skeleton/bin"
ln -snf usr/bin "$skeleton/sbin"
ln -snf bin "$skeleton/usr/sbin"
for name in lib $BH_LIBDIRS; do ln -snf usr/lib "$skeleton/$name"; done
for name in $BH_LIBDIRS; do ln -snf lib "$skeleton/usr/$name"; done
ln -snf "$BH_TUPLE.skeleton" "/usr/$BH_TUPLE"

crossdev -P --usepkg -P --jobs="$BH_PACKAGES" -P --quiet --stable --target "$BH_TUPLE"
# gcc is built before its C library and may leave OpenMP out: then once more.
if "$BH_TUPLE-gcc" -v 2>&1 | grep -q -- --disable-libgomp; then
	emerge --oneshot --getbinpkg=n --jobs="$BH_PACKAGES" --quiet "cross-$BH_TUPLE/gcc"
fi
