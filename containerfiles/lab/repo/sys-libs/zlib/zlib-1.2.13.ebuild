EAPI=8

inherit lab toolchain-funcs

DESCRIPTION="Standard (de)compression library"
HOMEPAGE="https://zlib.net/"
SRC_URI="zlib_${PV}.dfsg.orig.tar.bz2"
S=${WORKDIR}/${P}.dfsg

LICENSE="ZLIB"
SLOT="0/1"
IUSE="static-libs"
DEPEND="virtual/libc"
RDEPEND="${DEPEND}"

src_configure() {
	CC=$(tc-getCC) AR=$(tc-getAR) RANLIB=$(tc-getRANLIB) ./configure --prefix=/usr --libdir=/usr/lib || die
}

src_compile() {
	emake "libz.so.${PV}" libz.a
}

src_install() {
	emake DESTDIR="${D}" install
	use static-libs || rm "${ED}"/usr/lib/libz.a || die
}
