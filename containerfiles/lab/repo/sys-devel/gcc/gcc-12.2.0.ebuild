EAPI=8

inherit lab

DESCRIPTION="Debian's gcc, for cross-TUPLE taught musl's paths by a specs file"
LICENSE="GPL-2"
SLOT="12"
IUSE="+cxx +openmp +sanitize cet d fortran go multilib objc objc++ objc-gc vtv"
[[ ${CATEGORY} == cross-* ]] && BDEPEND="${CATEGORY}/binutils"

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
		exec $(lab_debian_tuple)-gcc "\$@" $*
	END
	dosym -r "${BIN}/${CTARGET}-${tool}" "/usr/bin/${CTARGET}-${tool}"
}

src_install() {
	lab_is_cross || lab_is_host || { lab_marker; return; }
	local options=() tool
	if lab_is_cross && has_version "${CATEGORY}/musl[-headers-only]"; then
		sed "s,@sysroot@,$(lab_prefix),g; s,@cpu@,$(lab_cpu),g" "${FILESDIR}"/musl.specs >"${T}"/musl.specs || die
		insinto "${LIB}"
		doins "${T}"/musl.specs
		options+=( -specs "${LIB}/musl.specs" )
	elif lab_is_cross; then
		options+=( -ffreestanding -nostdlib )
	fi
	# Debian's libgcc decides on atomics by a symbol that musl does not have.
	[[ $(lab_cpu) != aarch64 ]] || options+=( -mno-outline-atomics )

	compiler gcc "${options[@]}"
	compiler cpp "${options[@]}" -E
	dosym "${CTARGET}-gcc" "/usr/bin/${CTARGET}-cc"
	for tool in ar nm ranlib; do
		dosym "$(lab_debian_tuple)-gcc-${tool}" "/usr/bin/${CTARGET}-gcc-${tool}"
	done

	! lab_is_cross || dosym ../../../bin/ccache "/usr/lib/ccache/bin/${CTARGET}-gcc"

	insinto /etc/env.d/gcc
	newins - "${CTARGET}-${SLOT}" <<<"GCC_PATH=\"${BIN}\""
	newins - "config-${CTARGET}" <<<"CURRENT=${CTARGET}-${SLOT}"
}
