EAPI=8

inherit lab-host

src_install() {
	lab_marker
	lab_is_host || return 0
	local name
	for name in cc gcc "${CHOST}-gcc"; do
		dosym ../../../bin/ccache "/usr/lib/ccache/bin/${name}"
	done
}
