EAPI=8

inherit lab

DESCRIPTION="Kernel headers, from Debian's linux-libc-dev"
LICENSE="GPL-2"
IUSE="headers-only"

src_install() {
	! lab_is_host || { lab_marker; return; }
	local from=/usr/$(lab_debian_tuple)/include asm to=${ED}$(lab_prefix)/usr/include
	asm=${from}/asm
	[[ $(lab_cpu) != x86_64 ]] || from=/usr/include asm=/usr/include/x86_64-linux-gnu/asm
	mkdir -p "${to}" || die
	cp -a "${from}"/{linux,asm-generic,mtd} "${asm}" "${to}"/ || die
}
