#!/bin/bash
# Needs: /bh/work/final/*; BH_LISTS.
# Leaves: /bh/log/packages.tsv (list, category/name-version, USE); /bh/out/kernel.config where one is known.
set -euo pipefail

if [ -e /bh/work/kernel/config ]; then cp /bh/work/kernel/config /bh/out/kernel.config; fi

for list in $BH_LISTS; do
	database=/bh/work/final/$list/var/db/pkg
	inherited=/bh/work/final/$list.inherited
	(cd "$database" && find . -mindepth 2 -maxdepth 2 -type d | LC_ALL=C sort) |
		{ if [ -e "$inherited" ]; then grep --fixed-strings --line-regexp --invert-match --file="$inherited"; else cat; fi || true; } |
		while read -r package; do
			printf '%s\t%s\t%s\n' "$list" "${package#./}" "$(tr '\n' ' ' <"$database/$package/USE")"
		done
done >/bh/log/packages.tsv
