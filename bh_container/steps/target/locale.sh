#!/bin/bash
# Needs: BH_ROOT; BH_LOCALE, a line of locale.gen.
# Leaves: that locale among those that glibc makes in this root.
set -euo pipefail

list=$BH_ROOT/etc/locale.gen
mkdir -p "$BH_ROOT/etc"
touch "$list"
grep --quiet --line-regexp --fixed-strings "$BH_LOCALE" "$list" || echo "$BH_LOCALE" >>"$list"
