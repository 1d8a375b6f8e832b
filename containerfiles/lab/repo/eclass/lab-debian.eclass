# A program that the seed's Debian root provides on the host, and that a target with glibc gets from Debian's packages too.
# LAB_DEBS, set before: those packages, NAME_VERSION_ARCHITECTURE. For any other target it is a marker, as with lab-host.

inherit lab-host

DESCRIPTION="${PN}, provided by Debian"
RESTRICT="${RESTRICT} binchecks strip"
SRC_URI="elibc_glibc? ( arm64? ( ${LAB_DEBS// /.deb }.deb ) )"
RDEPEND="elibc_glibc? ( virtual/libc )"

lab-debian_src_unpack() {
	local package
	mkdir "${WORKDIR}"/root || die
	for package in ${A}; do
		dpkg-deb -x "${DISTDIR}/${package}" "${WORKDIR}"/root || die
	done
}

# Into a merged root: what Debian has in /bin and /lib is below /usr.
lab-debian_src_install() {
	[[ -n ${A} ]] || { lab-host_src_install; return; }
	local name
	for name in bin sbin lib; do
		[[ ! -d root/${name} ]] || { mkdir -p root/usr/"${name}" && cp -a root/"${name}"/. root/usr/"${name}"/ && rm -r root/"${name}"; } || die
	done
	rm -rf root/usr/share/{doc,info,lintian,locale,man} || die
	cp -a root/. "${ED}"/ || die
}

EXPORT_FUNCTIONS src_unpack src_install
