#!/bin/bash
# Needs: BH_TUPLE; BH_ATOMS, the content of worlds/kernel.
# Leaves: the kernel's package (sources, or built already) and what it needs, in the sysroot.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

"$BH_TUPLE-emerge" --oneshot --update --newuse --with-bdeps=y --usepkg --jobs="$BH_PACKAGES" --quiet "${atoms[@]}"
