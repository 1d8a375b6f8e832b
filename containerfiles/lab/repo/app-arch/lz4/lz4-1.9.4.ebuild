EAPI=8

inherit lab toolchain-funcs

DESCRIPTION="Extremely fast compression"
HOMEPAGE="https://lz4.org/"
SRC_URI="lz4_${PV}.orig.tar.gz"
S=${WORKDIR}/${P}

LICENSE="BSD GPL-2"
RDEPEND="virtual/libc"
DEPEND="${RDEPEND}"

lz4_make() {
	emake -C "$1" CC="$(tc-getCC)" AR="$(tc-getAR)" BUILD_STATIC=no TARGET_OS=Linux PREFIX=/usr DESTDIR="${D}" "${@:2}"
}

src_compile() {
	lz4_make lib lib
	lz4_make programs lz4
}

src_install() {
	lz4_make lib install
	lz4_make programs install
}
