#!/bin/bash
# Needs: BH_WORLD, the world file's atoms; BH_WORLD_OPTIONS, how much emerge looks at again.
# Leaves: the whole host built and up to date, with binary packages of all of it.
set -euo pipefail
read -ra world <<<"$BH_WORLD"
read -ra options <<<"$BH_WORLD_OPTIONS"

mkdir -p /var/lib/portage
printf '%s\n' "${world[@]}" >/var/lib/portage/world
emerge "${options[@]}" --update --deep --newuse --with-bdeps=y --usepkg \
	--jobs="$BH_PACKAGES" --quiet @world
