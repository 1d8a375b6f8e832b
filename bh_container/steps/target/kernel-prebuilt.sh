#!/bin/bash
# Needs: BH_SYSROOT; BH_PACKAGE (category/name); BH_IMAGES, BH_RELEASE: regular expressions, the best first.
# Leaves: /bh/work/kernel with the package's image, dtbs/, lib/modules/ and, where it has one, config.
set -euo pipefail
read -ra images <<<"$BH_IMAGES"

cd "$BH_SYSROOT/var/db/pkg/${BH_PACKAGE%/*}"
newest=$(find . -maxdepth 1 -name "${BH_PACKAGE#*/}-[0-9]*" | sort --version-sort | tail -n 1)
files=$(sed -nE 's/^obj (.*) [0-9a-f]+ [0-9]+$/\1/p' "$newest/CONTENTS")
owned() { grep --extended-regexp --line-regexp "$1" <<<"$files" || true; }

image=$(for pattern in "${images[@]}"; do owned "$pattern"; done | head -n 1)
if [ -z "$image" ]; then
	echo "$BH_PACKAGE has no kernel image that bh-container knows; looked for: $BH_IMAGES" >&2
	exit 1
fi
new=/bh/work/kernel.new
rm -rf "$new"
mkdir -p "$new/dtbs" "$new/lib/modules"
cp "$BH_SYSROOT$image" "$new/image"
owned '/usr/src/linux-[^/]*/\.config|/boot/config-.*' | head -n 1 |
	while read -r config; do cp "$BH_SYSROOT$config" "$new/config"; done
owned '.*\.dtbo?' | while read -r tree; do
	place=${tree#/boot/}
	install -D --mode=644 "$BH_SYSROOT$tree" "$new/dtbs/${place#dtbs/*/}"
done
owned "(/usr)?/lib/modules/$BH_RELEASE/.*" | sed -E 's,.*/lib/modules/([^/]*)/.*,\1,' | sort --unique |
	while read -r release; do
		rsync --archive --exclude=/build --exclude=/source --exclude=/vmlinu[xz] \
			"$BH_SYSROOT/lib/modules/$release" "$new/lib/modules/"
		depmod --basedir "$new" "$release"
	done
rm -rf /bh/work/kernel
mv "$new" /bh/work/kernel
