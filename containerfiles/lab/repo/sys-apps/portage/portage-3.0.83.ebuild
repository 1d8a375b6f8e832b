EAPI=8

inherit lab

WHEEL=portage-${PV}-py3-none-any.whl
DESCRIPTION="Portage; on the host it is what installs this package"
SRC_URI="${WHEEL}"
LICENSE="GPL-2"
RDEPEND="elibc_glibc? ( app-shells/bash dev-lang/python sys-apps/coreutils )"

src_unpack() { :; }

src_install() {
	! lab_is_host || { lab_marker; return; }
	bash "${FILESDIR}"/install.sh "${DISTDIR}/${WHEEL}" "${ED}" || die
	keepdir /var/cache/{binpkgs,distfiles} /var/db/repos /var/lib/portage/home /var/log/portage
}
