EAPI=8

inherit lab

DESCRIPTION="Directories, and the files that a login needs"
LICENSE="GPL-2"
IUSE="build +split-usr"

src_install() {
	! lab_is_host || { lab_marker; return; }
	keepdir /etc/env.d /home /mnt /opt /root /usr/local /var/cache /var/lib /var/log /var/spool /var/tmp
	dodir /dev /proc /run /sys /tmp
	fperms 1777 /tmp /var/tmp
	fperms 0700 /root
	dosym ../run /var/run

	insinto /etc
	doins "${FILESDIR}"/{group,hosts,passwd,profile,shells}
	insopts -m 0640
	doins "${FILESDIR}"/shadow
	insopts -m 0644
	newins - os-release <<-END
		NAME="bh-container lab"
		ID=gentoo
		ANSI_COLOR="1;32"
	END
}
