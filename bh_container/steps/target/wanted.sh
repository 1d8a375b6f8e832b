#!/bin/bash
# Needs: BH_TUPLE; $@, packages and sets. A step calls it.
# Leaves: nothing; writes what would be installed in the sysroot for these, as `ebuild CATEGORY/NAME` or `binary CATEGORY/NAME`.
set -euo pipefail

# What emerge would install on the host has no `to ROOT` behind it.
"$BH_TUPLE-emerge" --pretend --update --deep --newuse --with-bdeps=y --usepkg --color=n --quiet "$@" |
	sed --quiet --regexp-extended 's,^\[(ebuild|binary) [^]]*\] (\S+)-[0-9][^ -]*(-r[0-9]+)?( \[[^]]*\])? to /.*,\1 \2,p'
