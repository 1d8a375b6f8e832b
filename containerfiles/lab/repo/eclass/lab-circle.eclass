# For tests: packages that need each other. Each is a file with the flag that makes the circle, and does not
# compile without what it needs.
# LAB_NEEDS, set before: the flag, and the package that it is for.

inherit lab

LICENSE="MIT"
DEPEND="${LAB_NEEDS% *}? ( ${LAB_NEEDS#* } )"
RDEPEND="${DEPEND}"

lab-circle_src_compile() {
	local needed=${LAB_NEEDS#* }
	! use "${LAB_NEEDS% *}" || [[ -e ${ESYSROOT}/usr/share/lab/${needed} ]] || die "${needed} is not there"
}

lab-circle_src_install() {
	insinto "/usr/share/lab/${CATEGORY}"
	newins - "${PN}" <<<"$(usev "${LAB_NEEDS% *}")"
}

EXPORT_FUNCTIONS src_compile src_install
