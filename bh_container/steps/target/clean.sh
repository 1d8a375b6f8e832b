#!/bin/bash
# Needs: BH_TUPLE.
# Leaves: a sysroot without packages that nothing asks for, nor libraries kept for old ones.
set -euo pipefail

"$BH_TUPLE-emerge" --depclean --with-bdeps=y --quiet
"$BH_TUPLE-emerge" --usepkg --jobs="$BH_PACKAGES" --quiet @preserved-rebuild
