#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; the host's smart-live-rebuild, or nothing happens.
# Leaves: the live packages built again whose sources have changed since they were built.
set -euo pipefail

type -P smart-live-rebuild >/dev/null || exit 0
# It would call emerge without what the target's wrapper sets.
said=$(ROOT=$BH_SYSROOT PORTAGE_CONFIGROOT=$BH_SYSROOT \
	smart-live-rebuild --no-color --no-erraneous-merge --pretend) ||
	echo "warning: smart-live-rebuild failed: live packages stay as they are" >&2
mapfile -t changed < <(grep --extended-regexp --line-regexp '[A-Za-z0-9_][^ /]*/[^ /]+' <<<"$said" || true)
if [ "${#changed[@]}" -gt 0 ]; then
	"$BH_TUPLE-emerge" --oneshot --usepkg=n --getbinpkg=n --jobs="$BH_PACKAGES" --quiet "${changed[@]}"
fi
