EAPI=8

inherit lab

DESCRIPTION="The tuple's names for Debian's binutils"
LICENSE="GPL-2"
IUSE="cet multilib"
RESTRICT="${RESTRICT} binchecks strip"
lab_is_foreign && SRC_URI="binutils-$(lab_debian_tuple)_${PV}-2_amd64.deb"

src_unpack() {
	lab_is_foreign || return 0
	lab_deb "${PV}-2" "binutils-$(lab_debian_tuple)"
	rm -r usr/share || die
}

src_install() {
	lab_is_cross || lab_is_host || { lab_marker; return; }
	local debian=$(lab_debian_tuple) bin=/usr/${CHOST}/${CTARGET}/binutils-bin/${PV} tool
	lab_install_toolchain
	for tool in addr2line ar as c++filt elfedit gprof ld ld.bfd nm objcopy objdump ranlib readelf size strings strip; do
		dosym -r "$(lab_toolchain)/usr/bin/${debian}-${tool}" "${bin}/${tool}"
		dosym -r "${bin}/${tool}" "/usr/bin/${CTARGET}-${tool}"
	done
	# Its libraries are those of programs of the host.
	lab_is_foreign && newenvd - "05binutils-${CTARGET}" <<<"LDPATH=\"$(lab_toolchain)/usr/lib/x86_64-linux-gnu\""
	insinto /etc/env.d/binutils
	newins - "${CTARGET}-${PV}" <<<"TARGET=\"${CTARGET}\""
	newins - "config-${CTARGET}" <<<"CURRENT=${CTARGET}-${PV}"
}
