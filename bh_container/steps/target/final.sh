#!/bin/bash
# Needs: BH_TUPLE, BH_NAME, BH_SYSROOT, BH_LIST, BH_PARENT, BH_ATOMS, BH_LIBDIRS, BH_JOBS; INSTALL_MASK.
# Leaves: /bh/work/final/$BH_LIST with this list's packages, without what its parents have.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

root=/bh/work/final/$BH_LIST
database=$root/var/db/pkg
mkdir -p "$root"/usr/{bin,lib} "$root"/{dev,proc,run,sys,tmp} "$database"
for name in bin sbin; do ln -snf usr/bin "$root/$name"; done
ln -snf bin "$root/usr/sbin"
for name in lib $BH_LIBDIRS; do ln -snf usr/lib "$root/$name"; done
for name in $BH_LIBDIRS; do ln -snf lib "$root/usr/$name"; done

# What the parent holds counts as installed here, as of the parent's present state.
if [ -e "$root.inherited" ]; then (cd "$database" && xargs --arg-file="$root.inherited" rm -rf); fi
if [ -n "$BH_PARENT" ]; then
	parent=/bh/work/final/$BH_PARENT/var/db/pkg
	(cd "$parent" && find . -mindepth 2 -maxdepth 2 -type d | sort) >"$root.inherited"
	rsync --archive "$parent/" "$database/"
fi

emaint --fix binhost >/dev/null
FEATURES="-collision-protect -protect-owned" "$BH_TUPLE-emerge" \
	--root="$root" --sysroot="$BH_SYSROOT" --config-root="$BH_SYSROOT" \
	--update --deep --newuse --with-bdeps=n --usepkgonly --jobs="$BH_JOBS" --quiet "${atoms[@]}"

stray=$root/usr/$BH_TUPLE.$BH_NAME
if [ -d "$stray" ]; then
	echo "warning: packages installed files below $stray; moved to the root" >&2
	rsync --archive --remove-source-files "$stray/" "$root/" && rm -rf "$stray"
fi
