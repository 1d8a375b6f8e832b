#!/bin/bash
# Needs: BH_SYSROOT; $1, a file of target-portage/profile. A step calls it, with which what it mounts ends.
# Leaves: that file's packages counted as provided for the target, beside those of package.provided.
set -euo pipefail

profile=$BH_SYSROOT/etc/portage/profile copy=/bh/work/profile
mkdir -p "$copy"
rsync --archive --delete "$profile/" "$copy/"
into=$copy/package.provided
if [ -d "$into" ]; then into=$into/kernel; fi
{ echo && cat "$profile/$1"; } >>"$into"
mount --bind "$copy" "$profile"
