#!/bin/bash
# Needs: /bh/config/target/target-portage; /bh/work/final/$BH_LIST; BH_TUPLE, BH_SYSROOT.
# Leaves: in that list's root the target's own /etc/portage, with which it compiles for itself.
set -euo pipefail
shopt -s nullglob

portage=/bh/work/final/$BH_LIST/etc/portage
mkdir -p "$portage"
rsync --archive --delete --exclude=/savedconfig --chown=root:root /bh/config/target/target-portage/ "$portage/"
# What a native target was built with, it keeps.
native=("$BH_SYSROOT"/etc/portage/package.use/*-native)
use=$portage/package.use
if [ -d "$use" ]; then use=$use/zz-native; fi
if [ "${#native[@]}" -gt 0 ]; then cat "${native[@]}" >>"$use"; fi
cat >>"$portage/make.conf" <<-END

	# Added by bh-container: above, these are for the machine that the system was built on.
	ROOT="/"
	CBUILD="$BH_TUPLE"
	PKGDIR="/var/cache/binpkgs"
	PKG_CONFIG_PATH=""
	PORTAGE_TMPDIR="/var/tmp"
END
