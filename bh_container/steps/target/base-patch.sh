#!/bin/bash
# Needs: /bh/config/target/base.patch; BH_LIST.
# Leaves: that list's final directory patched, when it is new: what was patched once is left alone.
set -euo pipefail

root=/bh/work/final/$BH_LIST
apply=(patch --force --no-backup-if-mismatch --reject-file=- --strip=0 --directory="$root" --input=/bh/config/target/base.patch)
if [ -e "$root.patched" ]; then exit 0; fi
# A step that was cut may have done it.
if ! "${apply[@]}" --reverse --dry-run >/dev/null; then "${apply[@]}"; fi
touch "$root.patched"
