EAPI=8

inherit lab

DESCRIPTION="Virtual for libcrypt.so"
SLOT="0/2"
IUSE="static-libs"
RDEPEND="sys-libs/libxcrypt[static-libs(-)?]"
