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
"$BH_TUPLE-emerge" --update --deep --newuse --with-bdeps=y --usepkg --quiet @selected
