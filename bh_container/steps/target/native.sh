#!/bin/bash
# Needs: BH_SYSROOT; BH_USE, lines for package.use: this machine's video cards.
# Leaves: these, and what its processor can do, in the target's configuration in its sysroot.
set -euo pipefail

use=$BH_SYSROOT/etc/portage/package.use
if [ -f "$use" ]; then
	mv "$use" "$use.user"
	mkdir "$use"
	mv "$use.user" "$use/user"
fi
mkdir -p "$use"
type -P cpuid2cpuflags >/dev/null ||
	emerge --oneshot --usepkg --jobs="$BH_PACKAGES" --quiet app-portage/cpuid2cpuflags
flags=$(cpuid2cpuflags)
echo "*/* $flags" >"$use/00cpu-flags-native"
# The last line wins: a setting of the machine goes before the configuration's own words for all.
echo "$BH_USE" >"$use/zz-video-cards-native"
