EAPI=8

inherit lab

DESCRIPTION="Does not compile before /var/tmp/bh-lab/fails-until exists"
LICENSE="MIT"

src_compile() {
	[[ -e /var/tmp/bh-lab/${PN} ]] || die "/var/tmp/bh-lab/${PN} is missing"
}

src_install() {
	newbin - fails-until <<-END
		#!/bin/sh
		echo "repaired"
	END
}
