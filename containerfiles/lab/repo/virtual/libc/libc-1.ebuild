EAPI=8

inherit lab

DESCRIPTION="Virtual for libc"
RDEPEND="sys-libs/musl"
