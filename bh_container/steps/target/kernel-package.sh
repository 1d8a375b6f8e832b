#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_ATOMS, the content of worlds/kernel; BH_PROVIDED, a file of packages that these do not need (or nothing).
# Leaves: the kernel's package (sources, or built already) and what it needs, in the sysroot.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

for file in $BH_PROVIDED; do /bh/steps/target/provided.sh "$file"; done
python3 /bh/steps/inside/emerge.py "$BH_SYSROOT/etc/portage/package.use" "$BH_TUPLE-emerge" \
	--oneshot --update --newuse --with-bdeps=y --usepkg --jobs="$BH_PACKAGES" --quiet "${atoms[@]}"
