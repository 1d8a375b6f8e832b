#!/bin/bash
# Needs: BH_TUPLE, BH_SYSROOT; BH_BOX (category/name), BH_BOX_CONFIG (the -mini.config); BH_JOBS.
# Leaves: /bh/work/box with the static box of the initramfs; never from, or among, binary packages.
set -euo pipefail

config=/bh/work/box.config
mkdir -p "$config/etc"
rsync --archive --delete "$BH_SYSROOT/etc/portage" "$config/etc/"
# A box that was installed with its own configuration file would be found before the mini one.
rm -f "$config/etc/portage/savedconfig/$BH_BOX"-[0-9]*
install -D --mode=644 "/bh/config/target/$BH_BOX_CONFIG" \
	"$config/etc/portage/savedconfig/$BH_BOX"
rm -rf /bh/work/box
mkdir -p /bh/work/box
MAKEOPTS="-j$BH_JOBS" USE="-make-symlinks -syslog -pam static savedconfig static-libs" FEATURES="${FEATURES:-} -buildpkg" \
	"$BH_TUPLE-emerge" --root=/bh/work/box --sysroot="$BH_SYSROOT" --config-root="$config" \
	--oneshot --nodeps --usepkg=n --getbinpkg=n --quiet "$BH_BOX"
