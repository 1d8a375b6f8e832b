EAPI=8

inherit lab savedconfig toolchain-funcs

DESCRIPTION="Common linux commands in a multicall binary"
HOMEPAGE="https://landley.net/toybox/"
SRC_URI="toybox_${PV}+dfsg.orig.tar.xz"
S=${WORKDIR}/${P}

LICENSE="0BSD"
RDEPEND="virtual/libc virtual/libcrypt:="
DEPEND="${RDEPEND}
	sys-kernel/linux-headers
"

src_prepare() {
	default
	restore_config .config
}

# As Gentoo's ebuild: a saved configuration is completed by toybox's defaults.
src_configure() {
	export HOSTCC=gcc CC=$(tc-getCC) STRIP=$(tc-getSTRIP) OPTIMIZE=${CFLAGS}
	if [[ -f .config ]]; then
		yes "" | emake -j1 oldconfig >/dev/null
	else
		emake -j1 defconfig >/dev/null
	fi
}

src_compile() {
	unset CROSS_COMPILE
	emake NOSTRIP=1 CPUS="$(nproc)"
}

src_install() {
	save_config .config
	dobin toybox
}
