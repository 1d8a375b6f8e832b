EAPI=8

LAB_DEBS="sysvinit-core_3.06-4_arm64"
inherit lab-debian

RDEPEND+=" elibc_glibc? ( sys-apps/coreutils sys-apps/util-linux )"

# The first program as it is; what it starts is a few lines of ours, where Gentoo has OpenRC.
src_install() {
	lab-debian_src_install
	[[ -n ${A} ]] || return 0
	rm -rf "${ED}"/usr/{include,share} || die
	insinto /etc
	doins "${FILESDIR}"/{hostname,inittab}
	exeinto /etc/init.d
	doexe "${FILESDIR}"/rcS
}
