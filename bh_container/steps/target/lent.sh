#!/bin/bash
# Needs: BH_LIST; BH_ANCESTORS, the lists below it, base first, whose final directories are filled.
# Leaves: their /etc in /bh/work/final/$BH_LIST.lent; no root of this list that has another version of what has changed there.
set -euo pipefail
read -ra ancestors <<<"$BH_ANCESTORS"

root=/bh/work/final/$BH_LIST
lent=$root.lent
rm -rf "$lent.new"
mkdir -p "$lent" "$lent.new"
for list in "${ancestors[@]}"; do rsync --archive "/bh/work/final/$list/etc/" "$lent.new/"; done
# What a package added to the file of before (an account) is not in the file of now: the list is installed anew.
while read -r file; do
	if [ -e "$root/etc/$file" ] && ! cmp --silent "$lent/$file" "$lent.new/$file"; then
		rm -rf "$root" "$root.inherited"
	fi
done < <(cd "$lent" && find . -type f)
rm -rf "$lent"
mv "$lent.new" "$lent"
