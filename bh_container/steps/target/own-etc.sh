#!/bin/bash
# Needs: BH_LIST, whose root has the /etc of its ancestors beside its own.
# Leaves: in that root's /etc what is not the same in theirs.
set -euo pipefail

own=/bh/work/final/$BH_LIST/etc
cd "/bh/work/final/$BH_LIST.lent"
find . -type f | while read -r file; do
	if [ ! -L "$own/$file" ] && cmp --silent "$file" "$own/$file" &&
		[ "$(stat --format='%a %u %g' "$file")" = "$(stat --format='%a %u %g' "$own/$file")" ]; then rm "$own/$file"; fi
done
find . -type l | while read -r link; do
	if [ "$(readlink "$link")" = "$(readlink "$own/$link")" ]; then rm "$own/$link"; fi
done
find . -mindepth 1 -depth -type d | while read -r directory; do
	if [ -d "$own/$directory" ]; then rmdir --ignore-fail-on-non-empty "$own/$directory"; fi
done
