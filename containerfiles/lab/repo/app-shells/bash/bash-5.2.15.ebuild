EAPI=8

LAB_DEBS="bash_5.2.15-2+b13_arm64 libtinfo6_6.4-4_arm64"
inherit lab-debian
RDEPEND+=" sys-libs/ncurses"

src_install() {
	lab-debian_src_install
	[[ -z ${A} ]] || dosym bash /usr/bin/sh
}
