# What every ebuild of the lab has in common, and the questions that several ask.

KEYWORDS="amd64 arm64"
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

# aarch64, and Debian's names for it: aarch64-linux-gnu (tools), arm64 (packages).
lab_cpu() { echo "${CTARGET%%-*}"; }
lab_debian_tuple() { echo "$(lab_cpu)-linux-gnu"; }
lab_debian_arch() {
	case $(lab_cpu) in
		aarch64) echo arm64 ;;
		x86_64) echo amd64 ;;
		*) die "the lab has no libc and no compiler for ${CTARGET}" ;;
	esac
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
