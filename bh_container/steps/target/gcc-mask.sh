#!/bin/bash
# Needs: BH_SYSROOT; BH_GCC_MASK, what a final directory leaves out of sys-devel/gcc.
# Leaves: that in the copy of the configuration: from here on packages are installed into final directories alone.
set -euo pipefail

file=$BH_SYSROOT/etc/portage/env/sys-devel/gcc
sed -i '/^# Added by bh-container/,$d' "$file"
printf '\n# Added by bh-container:\nINSTALL_MASK="%s"\n' "$BH_GCC_MASK" >>"$file"
