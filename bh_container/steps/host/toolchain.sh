#!/bin/bash
# Needs: BH_ELIBC, the C library's package name.
# Leaves: the host's own compiler, libraries and headers at the versions that crossdev will use.
set -euo pipefail

emerge --oneshot --update --newuse --usepkg --jobs="$BH_PACKAGES" --quiet \
	sys-kernel/linux-headers sys-devel/binutils sys-devel/gcc "sys-libs/$BH_ELIBC"
env-update
