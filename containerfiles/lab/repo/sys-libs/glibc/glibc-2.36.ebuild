EAPI=8

inherit lab

VERSION=${PV}-9+deb12u14
DESCRIPTION="glibc, as Debian built it"
SRC_URI="
	libc6_${VERSION}_arm64.deb libc6-dev_${VERSION}_arm64.deb libc-bin_${VERSION}_arm64.deb
	libgcc-s1_12.2.0-14+deb12u1_arm64.deb
"
LICENSE="GPL-2"
IUSE="headers-only"
S=${WORKDIR}/root
RESTRICT="${RESTRICT} binchecks strip"

src_unpack() {
	local arch=$(lab_debian_arch)
	mkdir "${S}" && cd "${S}" || die
	lab_deb "${VERSION}" {libc6,libc6-dev,libc-bin}:"${arch}"
	lab_deb 12.2.0-14+deb12u1 "libgcc-s1:${arch}"
}

# Debian's directories, which both its loader and its compiler know; the loader's own link leads there.
src_install() {
	local root=${ED}$(lab_prefix)
	mkdir -p "${root}" usr/lib usr/sbin || die
	cp -a lib/. usr/lib/ || die
	cp -a sbin/. usr/sbin/ || die
	local link
	while read -r link; do
		ln -sf "$(basename "$(readlink "${link}")")" "${link}" || die
	done < <(find usr/lib -lname "/lib/$(lab_debian_tuple)/*")
	rm -rf lib sbin usr/share/{doc,info,lintian,man} || die
	if use headers-only; then rm -rf usr/lib usr/bin usr/sbin etc || die; fi
	cp -a . "${root}"/ || die
	! use headers-only || return 0
	sed "s/^/# /" >"${root}"/etc/locale.gen <<<"en_US.UTF-8 UTF-8" || die
}
