EAPI=8

inherit lab

DESCRIPTION="Raspberry Pi boot loader and GPU firmware, from Debian's raspi-firmware"
HOMEPAGE="https://github.com/raspberrypi/firmware"
SRC_URI="raspi-firmware_${PV}+ds-1_all.deb"
LICENSE="raspberrypi-videocore-bin"
KEYWORDS="arm64"
RESTRICT="${RESTRICT} strip binchecks"

src_unpack() {
	dpkg-deb -x "${DISTDIR}/${A}" "${WORKDIR}" || die
}

src_install() {
	insinto /boot
	doins usr/lib/raspi-firmware/{bootcode.bin,fixup*.dat,start*.elf}
	doins "${FILESDIR}"/{cmdline,config}.txt
	insinto /etc/env.d
	newins - 90raspberrypi-firmware <<<'CONFIG_PROTECT="/boot/config.txt /boot/cmdline.txt"'
}

# As in ::gentoo: a first installation does not take over the user's own files.
pkg_preinst() {
	[[ -z ${REPLACING_VERSIONS} ]] || return 0
	local name
	for name in config cmdline; do
		[[ ! -e ${EROOT}/boot/${name}.txt ]] || die "please move ${EROOT}/boot/${name}.txt away during the installation"
	done
}
