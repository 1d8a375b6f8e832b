#!/bin/bash
# Needs: BH_TUPLE; BH_LIBDIRS, the names that link to lib in a merged-usr root; BH_CROSSDEV, the program, or true where it ran before.
# Leaves: the cross toolchain of that tuple, and its skeleton /usr/$BH_TUPLE.skeleton.
set -euo pipefail

skeleton=/usr/$BH_TUPLE.skeleton
mkdir -p "$skeleton/usr"/{bin,lib}
ln -snf usr/bin "$skeleton/bin"
ln -snf usr/bin "$skeleton/sbin"
ln -snf bin "$skeleton/usr/sbin"
for name in lib $BH_LIBDIRS; do ln -snf usr/lib "$skeleton/$name"; done
for name in $BH_LIBDIRS; do ln -snf lib "$skeleton/usr/$name"; done
ln -snf "$BH_TUPLE.skeleton" "/usr/$BH_TUPLE"

# Of an architecture that has no stable keywords, --stable would find nothing.
stable=()
arch=$(crossdev --show-target-cfg --target "$BH_TUPLE" | sed -n 's/^arch=//p')
! grep -qsE "^$arch\s+stable\b" "$(portageq get_repo_path / gentoo)/profiles/arches.desc" || stable=(--stable)
# An existing toolchain is updated with the world.
"$BH_CROSSDEV" -P --usepkg -P --jobs="$BH_PACKAGES" -P --quiet "${stable[@]}" --show-fail-log --target "$BH_TUPLE"
/bh/steps/host/select.sh
# gcc is built before its C library and may leave OpenMP out: then once more.
if "$BH_TUPLE-gcc" -v 2>&1 | grep -q -- --disable-libgomp; then
	emerge --oneshot --getbinpkg=n --jobs="$BH_PACKAGES" --quiet "cross-$BH_TUPLE/gcc"
	/bh/steps/host/select.sh
fi
! type -P ccache-config >/dev/null || ccache-config --install-links "$BH_TUPLE"
echo "the world file has more than worlds/base:" && grep ^cross- /var/lib/portage/world
