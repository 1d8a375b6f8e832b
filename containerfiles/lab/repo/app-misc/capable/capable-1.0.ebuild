EAPI=8

inherit lab toolchain-funcs

DESCRIPTION="A program with a file capability"
LICENSE="MIT"
RDEPEND="virtual/libc"
DEPEND="${RDEPEND}"
BDEPEND="sys-libs/libcap"
IDEPEND="sys-libs/libcap"

src_compile() {
	$(tc-getCC) ${CFLAGS} ${LDFLAGS} -x c -o capable - <<<'int main(void) { return 0; }' || die
}

src_install() {
	dobin capable
}

# As Gentoo's fcaps.eclass does it: when merged, in whichever root.
pkg_postinst() {
	setcap cap_net_raw=ep "${EROOT}"/usr/bin/capable || die
}
