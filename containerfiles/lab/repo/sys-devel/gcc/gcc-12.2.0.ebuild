EAPI=8

inherit lab

DESCRIPTION="Debian's gcc, for a musl tuple taught its paths by a specs file"
LICENSE="GPL-2"
SLOT="12"
IUSE="+cxx +openmp +sanitize cet d fortran go multilib objc objc++ objc-gc vtv"
RESTRICT="${RESTRICT} binchecks strip"

lab_is_cross && BDEPEND="${CATEGORY}/binutils"
if lab_is_foreign; then
	# Debian's ports are built a little earlier.
	VERSION=${PV}-14cross1
	[[ ${CTARGET} != riscv64-* ]] || VERSION=${PV}-13cross1
	SRC_URI="
		cpp-${SLOT}-$(lab_debian_tuple)_${VERSION}_amd64.deb gcc-${SLOT}-$(lab_debian_tuple)_${VERSION}_amd64.deb
		libgcc-${SLOT}-dev-$(lab_debian_arch)-cross_${VERSION}_all.deb
	"
fi

BIN=/usr/${CHOST}/${CTARGET}/gcc-bin/${SLOT}
LIB=/usr/lib/gcc/${CTARGET}/${SLOT}

# compiler TOOL OPTION...: a wrapper that calls Debian's gcc with the options.
compiler() {
	local tool=$1
	shift
	exeinto "${BIN}"
	newexe - "${CTARGET}-${tool}" <<-END
		#!/bin/sh
		case " \$* " in
		*" -dumpmachine "*) exec echo ${CTARGET} ;;
		*" -print-sysroot "*) exec echo $(lab_prefix) ;;
		*" -print-file-name=pkgconfig "*) exec echo $(lab_prefix)/usr/lib/pkgconfig ;;
		esac
		exec $(lab_toolchain)/usr/bin/$(lab_debian_tuple)-gcc-${SLOT} "\$@" $*
	END
	dosym -r "${BIN}/${CTARGET}-${tool}" "/usr/bin/${CTARGET}-${tool}"
}

src_unpack() {
	lab_is_foreign || return 0
	lab_deb "${VERSION}" {cpp,gcc}-"${SLOT}-$(lab_debian_tuple)" "libgcc-${SLOT}-dev-$(lab_debian_arch)-cross:all"
	# Nothing here is built with LTO, sanitizers or OpenMP, and these are most of a compiler's size.
	rm -r usr/share || die
	find usr \( -name lto1 -o -name '*-lto-dump-*' -o -name '*-gcov*' -o -name 'lib[aghltu]*san*' -o -name 'libgomp*' \) -delete || die
}

src_install() {
	lab_is_cross || lab_is_host || { lab_marker; return; }
	local options=() tool
	lab_install_toolchain
	if lab_is_cross && has_version "${CATEGORY}/musl[-headers-only]"; then
		sed "s,@sysroot@,$(lab_prefix),g; s,@arch@,$(lab_musl_arch),g" "${FILESDIR}"/musl.specs >"${T}"/musl.specs || die
		insinto "${LIB}"
		doins "${T}"/musl.specs
		options+=( -specs "${LIB}/musl.specs" )
	elif lab_is_cross && has_version "${CATEGORY}/glibc[-headers-only]"; then
		options+=( "--sysroot=$(lab_prefix)" )
	elif lab_is_cross; then
		options+=( -ffreestanding -nostdlib )
	fi
	# Debian's libgcc decides on atomics by a symbol that musl does not have.
	[[ ${CTARGET} != aarch64-*-musl ]] || options+=( -mno-outline-atomics )

	compiler gcc "${options[@]}"
	compiler cpp "${options[@]}" -E
	dosym "${CTARGET}-gcc" "/usr/bin/${CTARGET}-cc"
	for tool in ar nm ranlib; do
		dosym -r "$(lab_toolchain)/usr/bin/$(lab_debian_tuple)-gcc-${tool}-${SLOT}" "/usr/bin/${CTARGET}-gcc-${tool}"
	done

	! lab_is_cross || dosym ../../../bin/ccache "/usr/lib/ccache/bin/${CTARGET}-gcc"

	insinto /etc/env.d/gcc
	newins - "${CTARGET}-${SLOT}" <<<"GCC_PATH=\"${BIN}\""
	newins - "config-${CTARGET}" <<<"CURRENT=${CTARGET}-${SLOT}"
}
