#!/bin/bash
# Needs: BH_TUPLE; BH_ATOMS, the packages that everything else in the sysroot stands on.
# Leaves: them, built and installed in the sysroot.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

"$BH_TUPLE-emerge" --oneshot --update --newuse --usepkg --jobs="$BH_PACKAGES" --quiet "${atoms[@]}"
