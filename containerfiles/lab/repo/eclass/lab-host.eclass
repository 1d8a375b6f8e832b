# A program that the seed's Debian root provides: a marker, and on the host the stand-ins in FILESDIR.

inherit lab

DESCRIPTION="${PN}, provided by the root of the lab seed"
LICENSE="GPL-2"

lab-host_src_install() {
	lab_marker
	lab_is_host && [[ -d ${FILESDIR} ]] || return 0
	dobin "${FILESDIR}"/*
}

EXPORT_FUNCTIONS src_install
