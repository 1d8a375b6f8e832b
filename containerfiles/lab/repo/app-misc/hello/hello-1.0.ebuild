EAPI=8

inherit lab toolchain-funcs

DESCRIPTION="A small C program with a shared library"
LICENSE="MIT"
IUSE="loud"
RDEPEND="virtual/libc sys-libs/zlib:="
DEPEND="${RDEPEND}"

src_compile() {
	local command=( $(tc-getCC) ${CFLAGS} -DLOUD="$(usex loud 1 0)" ${LDFLAGS} -o hello "${FILESDIR}"/hello.c -lz )
	echo "${command[@]}"
	"${command[@]}" || die
}

src_install() {
	dobin hello
}
