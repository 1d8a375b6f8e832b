#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_ATOMS, the packages of all lists; BH_SETS, their sets.
# Leaves: all of them built, as binary packages and installed in the sysroot.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"
read -ra sets <<<"$BH_SETS"

state=$BH_SYSROOT/var/lib/portage
mkdir -p "$state"
printf '%s\n' "${atoms[@]}" >"$state/world"
printf '%s\n' "${sets[@]}" >"$state/world_sets"

# Portage does not see that a savedconfig has changed: a package built with another one is stale.
saved=$BH_SYSROOT/etc/portage/savedconfig built=/bh/work/savedconfig
mkdir -p "$saved" "$built"
mapfile -t stale < <(cd "$saved" && find . -type f -printf '%P\n' | while read -r package; do
	cmp --silent "$package" "$built/$package" || echo "$package"
done)
for package in "${stale[@]}"; do
	if compgen -G "$BH_SYSROOT/var/db/pkg/$package-[0-9]*" >/dev/null; then
		"$BH_TUPLE-emerge" --oneshot --usepkg --usepkg-exclude="$package" --jobs="$BH_PACKAGES" --quiet "$package"
	fi
done

python3 /bh/steps/inside/emerge.py "$BH_SYSROOT/etc/portage/package.use" "$BH_TUPLE-emerge" \
	--update --deep --newuse --with-bdeps=y --jobs="$BH_PACKAGES" --quiet \
	--usepkg --usepkg-exclude="${stale[*]}" "${atoms[@]}" "${sets[@]}"
rsync --archive --delete "$saved/" "$built/"
