EAPI=8

inherit lab savedconfig toolchain-funcs

DESCRIPTION="Utilities for rescue and embedded systems"
HOMEPAGE="https://busybox.net/"
SRC_URI="busybox_${PV}.orig.tar.bz2"
S=${WORKDIR}/${P}

LICENSE="GPL-2"
IUSE="${IUSE} debug livecd make-symlinks math mdev pam selinux sep-usr static syslog"
REQUIRED_USE="pam? ( !static )"
RDEPEND="!static? ( virtual/libc virtual/libcrypt:= )"
DEPEND="${RDEPEND}
	static? ( virtual/libcrypt[static-libs] )
	sys-kernel/linux-headers
"

box_make() {
	emake V=1 SKIP_STRIP=y CROSS_COMPILE="${CHOST}-" CC="$(tc-getCC)" AR="$(tc-getAR)" HOSTCC=gcc "$@"
}

# option y|n NAME...: sets options in .config
option() {
	local value=$1 name
	for name in "${@:2}"; do
		sed -i -E "/^(# )?CONFIG_${name}[= ]/d" .config || die
		echo "CONFIG_${name}=${value}" >>.config || die
	done
}

src_configure() {
	! lab_is_host || return 0
	restore_config .config
	if [[ ! -f .config ]]; then
		box_make -j1 defconfig
		option n HUSH WERROR FEATURE_MOUNT_NFS FEATURE_HAVE_RPC FEATURE_INETD_RPC FEATURE_UTMP FEATURE_WTMP SELINUX PAM
		! use make-symlinks || option n FEATURE_PREFER_APPLETS FEATURE_SH_STANDALONE
		option "$(usex static y n)" STATIC
		option "$(usex syslog y n)" KLOGD SYSLOGD LOGGER
		option "$(usex math y n)" FEATURE_AWK_LIBM
		option "$(usex debug y n)" DEBUG
	fi
	# A saved configuration is taken as it is, STATIC included.
	yes "" | box_make -j1 oldconfig >/dev/null
}

src_compile() {
	lab_is_host || box_make busybox
}

src_install() {
	! lab_is_host || { lab_marker; return; }
	save_config .config
	into /
	dobin busybox
	dosym busybox /bin/bb
	if use mdev; then
		use make-symlinks || dosym -r /bin/bb /sbin/mdev
		insinto /etc
		newins examples/mdev_fat.conf mdev.conf
	fi
	! use livecd || dosym busybox /bin/vi
	if use make-symlinks; then
		box_make CONFIG_PREFIX="${T}"/links install
		rm "${T}"/links/bin/busybox || die
		tar -cf "${T}"/busybox-links.tar -C "${T}"/links . || die
		insinto /usr/share/busybox
		doins "${T}"/busybox-links.tar
	elif grep -q '^CONFIG_ASH=y' .config; then
		dosym busybox /bin/ash
	fi
}

# The applets' links belong to no package, so that another package may bring the full program.
pkg_preinst() {
	[[ -f ${ED}/usr/share/busybox/busybox-links.tar ]] || return 0
	mv "${ED}"/usr/share/busybox/busybox-links.tar "${T}"/ || die
	rmdir "${ED}"/usr/share/busybox || die
}

pkg_postinst() {
	[[ -f ${T}/busybox-links.tar ]] || return 0
	local dir
	mkdir -p "${T}"/unpacked && tar -xf "${T}"/busybox-links.tar -C "${T}"/unpacked || die
	for dir in bin sbin usr/bin usr/sbin; do
		[[ -d ${T}/unpacked/${dir} ]] || continue
		mkdir -p "${EROOT}/${dir}" || die
		cp -pPn "${T}/unpacked/${dir}"/* "${EROOT}/${dir}"/ || die
	done
}
