#!/bin/bash
# Needs: BH_ELIBC, the C library's package name.
# Leaves: the host's own compiler, libraries and headers at the versions that crossdev will use.
set -euo pipefail

emerge --oneshot --update --newuse --usepkg --jobs="$BH_PACKAGES" --quiet \
	sys-kernel/linux-headers sys-devel/binutils sys-devel/gcc "sys-libs/$BH_ELIBC"
/bh/steps/host/select.sh
# On musl the compilers look for pkgconfig's files where a multilib system has them.
[ -e /usr/lib64/pkgconfig ] || [ -L /usr/lib64 ] || {
	mkdir -p /usr/lib64
	ln -snf ../lib/pkgconfig /usr/lib64/pkgconfig
}
env-update
