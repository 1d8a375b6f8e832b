EAPI=8

inherit lab-host

RDEPEND="sys-devel/bc"
