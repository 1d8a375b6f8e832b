EAPI=8

inherit lab-host

DESCRIPTION="Stand-in for crossdev, with its command line and its effects on disk"
RDEPEND="sys-apps/gentoo-functions"

src_install() {
	lab_marker
	lab_is_host || return 0
	dobin "${FILESDIR}"/{crossdev,emerge-wrapper,cross-{ebuild,emerge,fix-root,pkg-config}}
	insinto /usr/share/crossdev
	doins "${FILESDIR}"/{configure,overlay}.sh
}
