EAPI=8

inherit lab

DESCRIPTION="Virtual for libelf"
RDEPEND="dev-libs/elfutils"
