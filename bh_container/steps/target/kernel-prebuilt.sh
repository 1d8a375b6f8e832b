#!/bin/bash
# Needs: BH_FROM, a root; BH_PACKAGE (category/name) in it; BH_IMAGES, BH_RELEASE (regular expressions); BH_KERNEL.
# Leaves: /bh/work/$BH_KERNEL with the package's image, dtbs/, lib/modules/ and, where it has one, config.
set -euo pipefail
read -ra images <<<"$BH_IMAGES"

cd "$BH_FROM/var/db/pkg/${BH_PACKAGE%/*}"
newest=$(find . -maxdepth 1 -name "${BH_PACKAGE#*/}-[0-9]*" | sort --version-sort | tail -n 1)
files=$(sed -nE 's/^obj (.*) [0-9a-f]+ [0-9]+$/\1/p' "$newest/CONTENTS")
owned() { grep --extended-regexp --line-regexp "$1" <<<"$files" || true; }

image=$(for pattern in "${images[@]}"; do owned "$pattern"; done | head -n 1)
if [ -z "$image" ]; then
	echo "$BH_PACKAGE has no kernel image that bh-container knows; looked for: $BH_IMAGES" >&2
	exit 1
fi
new=/bh/work/$BH_KERNEL.new
rm -rf "$new"
mkdir -p "$new/dtbs" "$new/lib/modules"
cp "$BH_FROM$image" "$new/image"
owned '/usr/src/linux-[^/]*/\.config|(/usr)?/lib/modules/[^/]*/config|/boot/config-.*' | head -n 1 |
	while read -r config; do cp "$BH_FROM$config" "$new/config"; done
owned '.*\.dtbo?' | while read -r tree; do
	place=${tree#/boot/}
	install -D --mode=644 "$BH_FROM$tree" "$new/dtbs/${place#dtbs/*/}"
done
owned "(/usr)?/lib/modules/$BH_RELEASE/.*" | sed -E 's,.*/lib/modules/([^/]*)/.*,\1,' | sort --unique |
	while read -r release; do
		rsync --archive --exclude=/build --exclude=/source --exclude=/vmlinu[xz] \
			"$BH_FROM/lib/modules/$release" "$new/lib/modules/"
		depmod --basedir "$new" "$release"
	done
rm -rf "/bh/work/$BH_KERNEL"
mv "$new" "/bh/work/$BH_KERNEL"
