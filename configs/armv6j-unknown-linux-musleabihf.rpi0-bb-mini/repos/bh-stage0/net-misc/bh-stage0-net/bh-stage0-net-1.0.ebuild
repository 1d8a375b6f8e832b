# Distributed under the terms of the GNU General Public License v2

EAPI=8

DESCRIPTION="A stage0's network: an address by DHCP, and a way in by SSH"
HOMEPAGE="https://wiki.gentoo.org/wiki/Embedded_Handbook"
S="${WORKDIR}"

LICENSE="GPL-2"
SLOT="0"
KEYWORDS="amd64 arm arm64 m68k riscv x86"

RDEPEND="
	net-misc/dropbear
	sys-apps/bh-stage0-init
"

src_install() {
	insinto /etc
	doins "${FILESDIR}"/motd

	exeinto /etc/rc.d
	doexe "${FILESDIR}"/S40network "${FILESDIR}"/S50dropbear

	exeinto /usr/share/bh-stage0
	doexe "${FILESDIR}"/udhcpc.script

	keepdir /etc/dropbear
}
