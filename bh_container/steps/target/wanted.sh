#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; $@, packages and sets. A step calls it.
# Leaves: nothing; writes what would be installed in the sysroot for these, as `ebuild CATEGORY/NAME` or `binary CATEGORY/NAME`.
set -euo pipefail

# PMS, "Package names": none ends like a version; after that comes the number of a binary package's build.
name='[^ /]+/[[:alnum:]+_]+(-([[:alpha:]+_][[:alnum:]+_]*|[0-9]+[[:alpha:]]{2}[[:alnum:]+_]*))*'
# What emerge would install on the host has no `to ROOT` behind it. Of a circle it shows a tree, and
# then, with the change that breaks it, what there is besides.
python3 /bh/steps/inside/emerge.py "$BH_SYSROOT/etc/portage/package.use" "$BH_TUPLE-emerge" \
	--pretend --update --deep --newuse --with-bdeps=y --usepkg --color=n --quiet "$@" |
	sed --quiet --regexp-extended "s,^\[(ebuild|binary) [^]]*\] +($name)-[0-9]\S*( \[[^]]*\])? to /.*,\1 \2,p"
