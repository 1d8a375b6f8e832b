#!/bin/bash
# Needs: BH_ROOT; BH_SYSROOT, whose C library is musl.
# Leaves: in that root etc/ld-musl-ARCH.path, which musl's loader reads in place of ld.so.conf; none where that says nothing new.
set -euo pipefail
shopt -s nullglob

rm -f "$BH_ROOT"/etc/ld-musl-*.path
# What musl has without such a file (ldso/dynlink.c).
paths=(/lib /usr/local/lib /usr/lib)
more=$(grep --no-filename --no-messages '^/' "$BH_ROOT/etc/ld.so.conf" "$BH_ROOT"/etc/ld.so.conf.d/*.conf |
	grep --invert-match --line-regexp --extended-regexp '/lib|/usr/lib|/usr/local/lib' | awk '!seen[$0]++' || true)
if [ -z "$more" ]; then exit 0; fi
for loader in "$BH_SYSROOT"/usr/lib/ld-musl-*.so.1; do
	name=${loader##*/}
	printf '%s\n' "${paths[@]}" "$more" >"$BH_ROOT/etc/${name%.so.1}.path"
done
