EAPI=8

inherit lab-host

RDEPEND="app-arch/cpio"
