EAPI=8

inherit lab

DESCRIPTION="Virtual for pkgconfig"
RDEPEND="dev-util/pkgconf"
