#!/bin/bash
# Needs: BH_WORLD, the world file's atoms; BH_WORLD_OPTIONS, how much emerge looks at again.
# Leaves: the whole host built and up to date, cross toolchains included, with binary packages of all of it.
set -euo pipefail
read -ra world <<<"$BH_WORLD"
read -ra options <<<"$BH_WORLD_OPTIONS"

file=/var/lib/portage/world
mkdir -p "${file%/*}"
# What crossdev has recorded stays: that is how existing toolchains are updated.
mapfile -t cross < <(grep -s ^cross- "$file" || true)
printf '%s\n' "${world[@]}" "${cross[@]}" | sort -u | sed '/^$/d' >"$file"
python3 /bh/steps/inside/emerge.py /etc/portage/package.use \
	emerge "${options[@]}" --update --deep --newuse --with-bdeps=y --usepkg --jobs="$BH_PACKAGES" --quiet @world
/bh/steps/host/select.sh
