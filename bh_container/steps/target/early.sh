#!/bin/bash
# Needs: BH_TUPLE; BH_EARLY, libraries that much is built on; BH_ATOMS, BH_SETS, what the lists ask for.
# Leaves: those of BH_EARLY that the lists, or what they need, want: built and installed in the sysroot before the rest.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"
read -ra sets <<<"$BH_SETS"

if ! wanted=$(/bh/steps/target/wanted.sh "${atoms[@]}" "${sets[@]}"); then
	echo "emerge cannot say yet what the lists need: $BH_EARLY, where they do, are built with the world" >&2
	exit 0
fi
mapfile -t early < <(tr ' ' '\n' <<<"$BH_EARLY" | while read -r package; do
	if grep --quiet --line-regexp ".* $package" <<<"$wanted"; then echo "$package"; fi
done)
if [ "${#early[@]}" -gt 0 ]; then
	"$BH_TUPLE-emerge" --oneshot --update --newuse --with-bdeps=y --usepkg --jobs="$BH_PACKAGES" --quiet "${early[@]}"
fi
