EAPI=8

inherit lab

DESCRIPTION="Virtual for libc"
RDEPEND="elibc_glibc? ( sys-libs/glibc ) elibc_musl? ( sys-libs/musl )"
