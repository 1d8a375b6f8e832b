EAPI=8

inherit lab

DESCRIPTION="An account, as acct-user packages make it: in files that belong to no package"
LICENSE="MIT"

pkg_postinst() {
	grep -qs "^${PN}:" "${EROOT}"/etc/passwd || echo "${PN}:x:1000:1000::/home/${PN}:/bin/sh" >>"${EROOT}"/etc/passwd || die
}
