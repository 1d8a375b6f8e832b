EAPI=8

inherit lab toolchain-funcs

MUSL=musl-1.2.3
DESCRIPTION="crypt(), from the sources of musl: Debian's build of musl leaves it out"
SRC_URI="${MUSL/-/_}.orig.tar.gz"
S=${WORKDIR}/${MUSL}

LICENSE="MIT"
SLOT="0/1"
IUSE="compat static-libs +system"
DEPEND="sys-libs/musl"
RDEPEND="${DEPEND}"

src_configure() { :; }

src_compile() {
	! lab_is_host || return 0
	local command=( $(tc-getCC) ${CFLAGS} -fPIC -std=c99 -D_XOPEN_SOURCE=700 -Isrc/include -Isrc/internal )
	echo "${command[@]}" -c src/crypt/*.c
	"${command[@]}" -c src/crypt/*.c || die
	$(tc-getCC) ${LDFLAGS} -shared -Wl,-soname,libcrypt.so.2 -o libcrypt.so.2 *.o || die
	$(tc-getAR) rcs libcrypt.a *.o || die
}

src_install() {
	! lab_is_host || { lab_marker; return; }
	exeinto /usr/lib
	doexe libcrypt.so.2
	dosym libcrypt.so.2 /usr/lib/libcrypt.so
	insinto /usr/lib
	! use static-libs || doins libcrypt.a
	insinto /usr/include
	doins include/crypt.h
}
