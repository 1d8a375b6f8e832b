EAPI=8

inherit lab

DESCRIPTION="musl, as Debian built it"
SRC_URI="
	musl_${PV}-1_amd64.deb musl-dev_${PV}-1_amd64.deb
	musl_${PV}-1_arm64.deb musl-dev_${PV}-1_arm64.deb
"
LICENSE="MIT"
IUSE="headers-only"

src_unpack() {
	! lab_is_host || return 0
	local package
	for package in musl musl-dev; do
		dpkg-deb -x "${DISTDIR}/${package}_${PV}-1_$(lab_debian_arch).deb" "${WORKDIR}" || die
	done
}

src_install() {
	! lab_is_host || { lab_marker; return; }
	local cpu=$(lab_cpu) prefix=$(lab_prefix)
	mkdir -p "${ED}${prefix}"/usr/{include,lib} || die
	cp -a usr/include/"${cpu}"-linux-musl/. "${ED}${prefix}"/usr/include/ || die
	! use headers-only || return 0
	cp -a usr/lib/"${cpu}"-linux-musl/*.[ao] "${ED}${prefix}"/usr/lib/ || die
	exeinto "${prefix}"/usr/lib
	doexe lib/"${cpu}"-linux-musl/libc.so
	# Absolute outside the sysroots of cross-*: /lib may be a link to usr/lib.
	if lab_is_cross; then
		dosym libc.so "${prefix}/usr/lib/ld-musl-${cpu}.so.1"
	else
		dosym /usr/lib/libc.so "/lib/ld-musl-${cpu}.so.1"
	fi
}
