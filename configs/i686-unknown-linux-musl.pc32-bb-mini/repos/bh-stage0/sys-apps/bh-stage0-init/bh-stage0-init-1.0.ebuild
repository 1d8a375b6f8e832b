# Distributed under the terms of the GNU General Public License v2

EAPI=8

DESCRIPTION="What busybox's init starts in a stage0"
HOMEPAGE="https://wiki.gentoo.org/wiki/Embedded_Handbook"
S="${WORKDIR}"

LICENSE="GPL-2"
SLOT="0"
KEYWORDS="amd64 arm arm64 m68k riscv x86"

src_install() {
	insinto /etc
	doins "${FILESDIR}"/inittab "${FILESDIR}"/hostname "${FILESDIR}"/motd

	exeinto /etc/init.d
	doexe "${FILESDIR}"/rcS

	keepdir /etc/rc.d
}
