EAPI=8

inherit lab

DESCRIPTION="A package for a second list: needs one of the first"
LICENSE="MIT"
RDEPEND="app-misc/hello"

src_install() {
	newbin - cli-tool <<-END
		#!/bin/sh
		exec hello
	END
	insinto /usr/share/cli-tool
	newins - readme <<<"Installed by ${PF}"
}
