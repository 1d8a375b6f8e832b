#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_ATOMS, the packages that everything else in the sysroot stands on.
# Leaves: them, built and installed in the sysroot, whose ldd can be run here.
set -euo pipefail
read -ra atoms <<<"$BH_ATOMS"

"$BH_TUPLE-emerge" --oneshot --update --newuse --usepkg --jobs="$BH_PACKAGES" --quiet "${atoms[@]}"

# Its own starts the target's loader, by a path that is the host's. Ebuilds that run programs under qemu-user ask it.
ldd=$BH_SYSROOT/usr/bin/ldd
mkdir -p "${ldd%/*}"
printf '%s\n' '#!/bin/sh' "exec python3 /bh/steps/inside/libraries.py ldd $BH_SYSROOT \"\$@\"" >"$ldd.new"
chmod 755 "$ldd.new"
mv "$ldd.new" "$ldd"
