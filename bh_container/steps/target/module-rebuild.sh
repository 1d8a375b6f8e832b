#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_KERNEL_PACKAGE, which brings modules of its own; /bh/work/kernel.
# Leaves: packages with modules built again, where they were built for another kernel than this one.
set -euo pipefail
shopt -s nullglob

kernel=/bh/work/kernel known=/bh/work/modules-for
now=$(cd "$kernel" && printf '%s\n' lib/modules/* && { cat config 2>/dev/null || true; } | sha256sum)
stale=()
for release in "$BH_SYSROOT"/lib/modules/*; do
	if [ ! -d "$kernel/lib/modules/${release##*/}" ]; then stale+=("$release"); fi
done
if [ "$(cat "$known" 2>/dev/null || echo "$now")" != "$now" ] || [ "${#stale[@]}" -gt 0 ]; then
	"$BH_TUPLE-emerge" --oneshot --usepkg=n --getbinpkg=n --exclude="$BH_KERNEL_PACKAGE" \
		--jobs="$BH_PACKAGES" --quiet @module-rebuild
fi
echo "$now" >"$known"
