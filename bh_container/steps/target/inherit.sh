#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_LIST and BH_PARENT, whose final directory is filled already.
# Leaves: the parent's packages counted as installed in /bh/work/final/$BH_LIST, and only there once; its ancestors' /etc.
set -euo pipefail

root=/bh/work/final/$BH_LIST
database=$root/var/db/pkg parent=/bh/work/final/$BH_PARENT/var/db/pkg
# category/name:slot of each package in a database
slots() {
	(cd "$1" && find . -mindepth 2 -maxdepth 2 -type d) | while read -r package; do
		slot=$(cut -d/ -f1 "$1/$package/SLOT")
		sed -E "s,^\./(.*)-[0-9][^-]*(-r[0-9]+)?\$,\1:$slot," <<<"$package"
	done | sort
}

if [ -e "$root.inherited" ]; then (cd "$database" && xargs --arg-file="$root.inherited" rm -rf); fi
# What has gone over to the parent since leaves this root.
mapfile -t moved < <(comm -12 <(slots "$database") <(slots "$parent"))
if [ "${#moved[@]}" -gt 0 ]; then
	"$BH_TUPLE-emerge" --root="$root" --sysroot="$BH_SYSROOT" --config-root="$BH_SYSROOT" \
		--unmerge --quiet "${moved[@]}"
fi
(cd "$parent" && find . -mindepth 2 -maxdepth 2 -type d | sort) >"$root.inherited"
rsync --archive "$parent/" "$database/"
rsync --archive --ignore-existing "$root.lent/" "$root/etc/"
