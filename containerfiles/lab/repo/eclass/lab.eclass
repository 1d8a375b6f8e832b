# What every ebuild of the lab has in common, and the questions that several ask.

KEYWORDS="amd64 arm arm64 ~riscv"
HOMEPAGE="https://packages.debian.org/"
SLOT="0"
S=${WORKDIR}
# Sources are bare file names that distfiles.sh has put into DISTDIR; kernel-sized trees are not stripped twice.
RESTRICT="fetch mirror test"

# As Gentoo's toolchain eclasses do it: in a category cross-TUPLE the package works for TUPLE.
export CTARGET=${CTARGET:-${CHOST}}
[[ ${CTARGET} == "${CHOST}" && ${CATEGORY} == cross-* ]] && export CTARGET=${CATEGORY#cross-}

lab_is_cross() { [[ ${CATEGORY} == cross-* ]]; }

# The seed itself, whose programs and libc are Debian's.
lab_is_host() { ! lab_is_cross && [[ ${CHOST} == "${CBUILD:-${CHOST}}" ]]; }

# What others call the machine of the tuple: Debian's GNU tuple (programs) and architecture (packages), musl (its loader).
# A machine that Debian has a cross compiler for is one row more here, and its packages in the list "distfiles".
lab_machine() {
	case ${CTARGET} in
		aarch64-*) echo aarch64-linux-gnu arm64 aarch64 ;;
		armv7a-*eabihf) echo arm-linux-gnueabihf armhf armhf ;;
		riscv64-*) echo riscv64-linux-gnu riscv64 riscv64 ;;
		x86_64-*) echo x86_64-linux-gnu amd64 x86_64 ;;
		*) die "the lab has no compiler for ${CTARGET}" ;;
	esac
}
lab_debian_tuple() { local names=( $(lab_machine) ); echo "${names[0]}"; }
lab_debian_arch() { local names=( $(lab_machine) ); echo "${names[1]}"; }
lab_musl_arch() { local names=( $(lab_machine) ); echo "${names[2]}"; }

# A cross toolchain whose programs are not the seed's own: Debian's packages, in a directory of the tuple, since two tuples
# of one machine have the same ones.
lab_is_foreign() { lab_is_cross && [[ ${CTARGET} != x86_64-* ]]; }
lab_toolchain() { ! lab_is_foreign || echo "/usr/lib/lab/${CTARGET}"; }
lab_install_toolchain() { ! lab_is_foreign || { mkdir -p "${ED}$(lab_toolchain)" && mv usr "${ED}$(lab_toolchain)"/; } || die; }

# lab_deb VERSION PACKAGE...: unpacks here the Debian packages PACKAGE[:ARCHITECTURE] of that version, which are among A.
lab_deb() {
	local version=$1 package
	for package in "${@:2}"; do
		[[ ${package} == *:* ]] || package+=:amd64
		dpkg-deb -x "${DISTDIR}/${package%:*}_${version}_${package#*:}.deb" . || die
	done
}

# Where a library of this package belongs: below the sysroot for cross-*, else nothing.
lab_prefix() { ! lab_is_cross || echo "/usr/${CTARGET}"; }

# The only trace of a package that Debian's root stands in for.
lab_marker() {
	insinto "/usr/share/lab/${CATEGORY}"
	newins - "${PN}" <<<"${CATEGORY}/${PF} is provided by the root of the lab seed"
}

lab_pkg_nofetch() {
	eerror "Put these into ${DISTDIR} (containerfiles/lab/distfiles.sh does it): ${A}"
}

EXPORT_FUNCTIONS pkg_nofetch
