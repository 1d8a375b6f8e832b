EAPI=8

inherit lab savedconfig toolchain-funcs

DESCRIPTION="Small SSH 2 client and server, with the libtom libraries it brings"
HOMEPAGE="https://matt.ucc.asn.au/dropbear/dropbear.html"
SRC_URI="dropbear_${PV}.orig.tar.bz2"
S=${WORKDIR}/${P}

LICENSE="MIT"
IUSE="${IUSE} minimal multicall pam +shadow static +syslog zlib"
REQUIRED_USE="pam? ( !static )"
RDEPEND="!static? ( virtual/libcrypt:= zlib? ( sys-libs/zlib:= ) )"
DEPEND="${RDEPEND}
	static? ( virtual/libcrypt[static-libs] zlib? ( sys-libs/zlib[static-libs] ) )
"

programs() {
	echo dropbear dbclient dropbearkey
	use minimal || echo dropbearconvert scp
}

src_prepare() {
	default
	sed '/SFTPSERVER_PATH/s,".*","/usr/lib/misc/sftp-server",' default_options.h >localoptions.h || die
	restore_config localoptions.h
}

src_configure() {
	local options=(
		--disable-harden
		--disable-lastlog
		--disable-wtmp
		--enable-bundled-libtom
		$(use_enable pam)
		$(use_enable shadow)
		$(use_enable static)
		$(use_enable syslog)
		$(use_enable zlib)
	)
	CC=$(tc-getCC) AR=$(tc-getAR) RANLIB=$(tc-getRANLIB) STRIP=true econf "${options[@]}"
}

src_compile() {
	emake MULTI="$(usex multicall 1 0)" PROGRAMS="$(programs | xargs)"
}

src_install() {
	save_config localoptions.h
	dodir /usr/bin /usr/sbin
	local program
	if use multicall; then
		dobin dropbearmulti
		for program in $(programs); do
			dosym dropbearmulti "/usr/bin/${program}"
		done
		rm "${ED}"/usr/bin/dropbear || die
		dosym ../bin/dropbearmulti /usr/sbin/dropbear
	else
		for program in $(programs); do
			dobin "${program}"
		done
		mv "${ED}"/usr/bin/dropbear "${ED}"/usr/sbin/ || die
	fi
	! use minimal || return 0
	mv "${ED}"/usr/bin/{,db}scp || die
}
