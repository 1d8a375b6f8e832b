# Distributed under the terms of the GNU General Public License v2

EAPI=8

DESCRIPTION="A way into a stage0 by SSH"
HOMEPAGE="https://wiki.gentoo.org/wiki/Embedded_Handbook"
S="${WORKDIR}"

LICENSE="GPL-2"
SLOT="0"
KEYWORDS="amd64 arm arm64 m68k riscv x86"

RDEPEND="
	net-misc/bh-stage0-net
	net-misc/dropbear
"

src_install() {
	exeinto /etc/rc.d
	doexe "${FILESDIR}"/S50dropbear

	keepdir /etc/dropbear
}
