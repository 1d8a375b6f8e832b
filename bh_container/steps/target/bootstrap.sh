#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_BOOTSTRAP, PACKAGE|ATOM|FLAGS (a comma between) of each; BH_ATOMS, BH_SETS, what the lists ask for.
# Leaves: those of BH_BOOTSTRAP that the lists need and that would have to be compiled: in the sysroot, with these flags for now.
set -euo pipefail
read -ra bootstrap <<<"$BH_BOOTSTRAP"
read -ra atoms <<<"$BH_ATOMS"
read -ra sets <<<"$BH_SETS"

# One that is installed breaks the circle, whatever its flags are.
missing=()
for words in "${bootstrap[@]}"; do
	compgen -G "$BH_SYSROOT/var/db/pkg/${words%%|*}-[0-9]*" >/dev/null || missing+=("$words")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

known=1
wanted=$(/bh/steps/target/wanted.sh "${atoms[@]}" "${sets[@]}") || known=0
for words in "${missing[@]}"; do
	IFS='|' read -r package atom flags <<<"$words"
	if [ "$known" = 1 ] && ! grep --quiet --line-regexp "ebuild $package" <<<"$wanted"; then
		echo "$package: not built first; nothing needs it, or there is a binary package"
		continue
	fi
	echo "$package: built first, for now with USE='${flags//,/ }'"
	# Its own flags make another package of it, and that one is kept.
	python3 /bh/steps/inside/emerge.py --use "$atom ${flags//,/ }" "$BH_SYSROOT/etc/portage/package.use" \
		"$BH_TUPLE-emerge" --oneshot --with-bdeps=y --usepkg --buildpkg-exclude="${flags:+$package}" \
		--jobs="$BH_PACKAGES" --quiet "$atom"
done
