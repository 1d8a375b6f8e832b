#!/bin/bash
# Needs: BH_TUPLE, BH_NAME, BH_SYSROOT, BH_JOBS, BH_LIST, BH_ATOMS; BH_WORLD, BH_SETS: its ancestors' too; INSTALL_MASK.
# Leaves: /bh/work/final/$BH_LIST with this list's packages, no others, without what its parents have.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

root=/bh/work/final/$BH_LIST
emerge=("$BH_TUPLE-emerge" --root="$root" --sysroot="$BH_SYSROOT" --config-root="$BH_SYSROOT"
	--with-bdeps=n --usepkgonly --jobs="$BH_JOBS" --quiet)
export FEATURES="-collision-protect -protect-owned -preserve-libs"

emaint --fix binhost >/dev/null
"${emerge[@]}" --oneshot --update --deep --newuse "${atoms[@]}"

# What the parents have stays registered here, whatever the list asks for.
world=$root/var/lib/portage/world
tr ' ' '\n' <<<"$BH_WORLD" >"$world"
tr ' ' '\n' <<<"$BH_SETS" >"${world}_sets"
if [ -e "$root.inherited" ]; then sed 's,^\./,=,' "$root.inherited" >>"$world"; fi
"${emerge[@]}" --depclean
tr ' ' '\n' <<<"$BH_WORLD" >"$world"
# Whatever goes takes the directories along that it leaves empty; the root keeps its own.
mkdir -p "$root"/usr/{bin,lib} "$root"/{dev,proc,run,sys,tmp}

stray=$root/usr/$BH_TUPLE.$BH_NAME
if [ -d "$stray" ]; then
	echo "warning: packages installed files below $stray; moved to the root" >&2
	rsync --archive --remove-source-files "$stray/" "$root/" && rm -rf "$stray"
fi
