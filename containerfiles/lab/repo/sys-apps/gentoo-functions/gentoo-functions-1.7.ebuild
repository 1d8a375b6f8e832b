EAPI=8

inherit lab-host

src_install() {
	lab_marker
	insinto /lib/gentoo
	doins "${FILESDIR}"/functions.sh
}
