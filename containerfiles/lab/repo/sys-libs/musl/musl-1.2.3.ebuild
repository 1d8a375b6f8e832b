EAPI=8

inherit lab

DESCRIPTION="musl, as Debian built it; from source for what Debian does not build it for"
SRC_URI="
	musl_${PV}-1_amd64.deb musl-dev_${PV}-1_amd64.deb
	musl_${PV}-1_arm64.deb musl-dev_${PV}-1_arm64.deb
	musl_${PV}-1_armhf.deb musl-dev_${PV}-1_armhf.deb
	musl_${PV}.orig.tar.gz
"
LICENSE="MIT"
IUSE="headers-only"
S=${WORKDIR}/${P}

has_debian_build() { [[ $(lab_debian_arch) != riscv64 ]]; }
# A target's is the one that its cross toolchain has been made with: compiling it takes a minute.
is_to_compile() { ! lab_is_host && lab_is_cross && ! has_debian_build; }

# Either way a tree with usr/include, usr/lib and lib/libc.so.
src_unpack() {
	local arch=$(lab_debian_arch) debian=$(lab_debian_tuple)
	! lab_is_host || { mkdir "${S}" || die; return; }
	! is_to_compile || { unpack "musl_${PV}.orig.tar.gz"; return; }
	mkdir -p "${S}"/built || die
	has_debian_build || { copy_from_toolchain; return; }
	lab_deb "${PV}-1" "musl:${arch}" "musl-dev:${arch}"
	debian=${debian/-gnu/-musl}
	mkdir -p "${S}"/built/usr/lib || die
	mv usr/include/"${debian}" "${S}"/built/usr/include || die
	mv usr/lib/"${debian}"/*.[ao] lib/"${debian}"/libc.so "${S}"/built/usr/lib/ || die
}

copy_from_toolchain() {
	sed -nE "s,^obj /usr/${CTARGET}/(\S+) .*,\1,p" "${BROOT}/var/db/pkg/cross-${CTARGET}/${PF}/CONTENTS" |
		rsync --archive --files-from=- "${SYSROOT}"/ "${S}"/built/ || die
}

src_configure() {
	! is_to_compile ||
		CC=${CTARGET}-gcc ./configure --target="${CTARGET}" --prefix=/usr --syslibdir=/usr/lib || die
}

src_compile() {
	! is_to_compile || use headers-only || emake CC="${CTARGET}-gcc"
}

src_install() {
	! lab_is_host || { lab_marker; return; }
	local loader=ld-musl-$(lab_musl_arch).so.1 prefix=$(lab_prefix)
	! is_to_compile || emake DESTDIR="${S}"/built "$(usex headers-only install-headers install)"
	mkdir -p "${ED}${prefix}"/usr || die
	cp -a built/usr/include "${ED}${prefix}"/usr/ || die
	! use headers-only || return 0
	insinto "${prefix}"/usr/lib
	doins built/usr/lib/*.[ao]
	exeinto "${prefix}"/usr/lib
	doexe built/usr/lib/libc.so
	# Absolute outside the sysroots of cross-*: /lib may be a link to usr/lib.
	if lab_is_cross; then
		dosym libc.so "${prefix}/usr/lib/${loader}"
	else
		dosym /usr/lib/libc.so "/lib/${loader}"
	fi
}
