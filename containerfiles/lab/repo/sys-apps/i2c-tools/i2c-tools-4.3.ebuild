EAPI=8

inherit lab toolchain-funcs

DESCRIPTION="I2C tools for bus probing, chip dumping and EEPROM decoding"
HOMEPAGE="https://i2c.wiki.kernel.org/"
SRC_URI="i2c-tools_${PV}.orig.tar.xz"
S=${WORKDIR}/${P}

LICENSE="GPL-2"
IUSE="python"
RDEPEND="virtual/libc"
DEPEND="${RDEPEND} sys-kernel/linux-headers"

i2c_make() {
	emake CC="$(tc-getCC)" AR="$(tc-getAR)" BUILD_STATIC_LIB=0 EXTRA= PREFIX=/usr DESTDIR="${D}" "$@"
}

src_compile() { i2c_make all-lib all-tools; }

src_install() { i2c_make install-lib install-tools; }
