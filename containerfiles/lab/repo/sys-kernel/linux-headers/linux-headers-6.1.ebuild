EAPI=8

inherit lab

VERSION=6.1.4-1cross1
DESCRIPTION="Kernel headers, from Debian's linux-libc-dev"
SRC_URI="
	linux-libc-dev-arm64-cross_${VERSION}_all.deb
	linux-libc-dev-armhf-cross_${VERSION}_all.deb
	linux-libc-dev-riscv64-cross_${VERSION}_all.deb
"
LICENSE="GPL-2"
IUSE="headers-only"

# x86_64's are in the root.
src_unpack() {
	local arch=$(lab_debian_arch)
	[[ ${arch} == amd64 ]] || lab_deb "${VERSION}" "linux-libc-dev-${arch}-cross:all"
}

src_install() {
	! lab_is_host || { lab_marker; return; }
	local from=usr/$(lab_debian_tuple)/include asm to=${ED}$(lab_prefix)/usr/include
	asm=${from}/asm
	[[ $(lab_debian_arch) != amd64 ]] || from=/usr/include asm=/usr/include/x86_64-linux-gnu/asm
	mkdir -p "${to}" || die
	cp -a "${from}"/{linux,asm-generic,mtd} "${asm}" "${to}"/ || die
}
