#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_ATOMS, the content of worlds/kernel; BH_ATOM and BH_PACKAGE, the dist-kernel among them; BH_PROVIDED, as kernel-package.
# Leaves: the kernel, built with /etc/kernel/config.d, and what it needs, in the sysroot.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

emerge=(python3 /bh/steps/inside/emerge.py "$BH_SYSROOT/etc/portage/package.use" "$BH_TUPLE-emerge"
	--oneshot --with-bdeps=y --usepkg --jobs="$BH_PACKAGES" --quiet)
for file in $BH_PROVIDED; do /bh/steps/target/provided.sh "$file"; done
# Portage does not see that a fragment has changed: a kernel built with another one is stale.
fragments=/etc/kernel/config.d built=/bh/work/kernel-fragments
if ! diff --recursive --brief "$fragments" "$built" >/dev/null 2>&1; then
	"${emerge[@]}" --usepkg-exclude="$BH_PACKAGE" "$BH_ATOM"
fi
"${emerge[@]}" --update --newuse "${atoms[@]}"
mkdir -p "$built"
rsync --archive --delete "$fragments/" "$built/"
