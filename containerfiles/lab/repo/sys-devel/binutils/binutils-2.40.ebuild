EAPI=8

inherit lab

DESCRIPTION="The tuple's names for Debian's binutils"
LICENSE="GPL-2"
IUSE="cet multilib"

src_install() {
	lab_is_cross || lab_is_host || { lab_marker; return; }
	local debian=$(lab_debian_tuple) bin=/usr/${CHOST}/${CTARGET}/binutils-bin/${PV} tool
	for tool in addr2line ar as c++filt elfedit gprof ld ld.bfd nm objcopy objdump ranlib readelf size strings strip; do
		[[ -x /usr/bin/${debian}-${tool} ]] || continue
		dosym -r "/usr/bin/${debian}-${tool}" "${bin}/${tool}"
		dosym -r "${bin}/${tool}" "/usr/bin/${CTARGET}-${tool}"
	done
	insinto /etc/env.d/binutils
	newins - "${CTARGET}-${PV}" <<<"TARGET=\"${CTARGET}\""
	newins - "config-${CTARGET}" <<<"CURRENT=${CTARGET}-${PV}"
}
