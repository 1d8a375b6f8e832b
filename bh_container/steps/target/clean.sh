#!/bin/bash
# Needs: BH_TUPLE.
# Leaves: a sysroot without packages that nothing asks for, nor libraries kept for what was linked with old ones.
set -euo pipefail

"$BH_TUPLE-emerge" --depclean --with-bdeps=y --quiet
# A binary package of it is what is linked with the old one.
"$BH_TUPLE-emerge" --oneshot --usepkg=n --getbinpkg=n --jobs="$BH_PACKAGES" --quiet @preserved-rebuild
