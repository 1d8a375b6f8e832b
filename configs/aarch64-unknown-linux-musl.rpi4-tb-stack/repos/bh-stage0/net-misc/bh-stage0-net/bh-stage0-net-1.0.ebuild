# Distributed under the terms of the GNU General Public License v2

EAPI=8

DESCRIPTION="A stage0's network: an address by DHCP"
HOMEPAGE="https://wiki.gentoo.org/wiki/Embedded_Handbook"
S="${WORKDIR}"

LICENSE="GPL-2"
SLOT="0"
KEYWORDS="amd64 arm arm64 m68k riscv x86"

RDEPEND="sys-apps/bh-stage0-init"

src_install() {
	insinto /etc
	doins "${FILESDIR}"/motd

	exeinto /etc/rc.d
	doexe "${FILESDIR}"/S40network

	exeinto /usr/share/bh-stage0
	doexe "${FILESDIR}"/dhcp.script
}
