EAPI=8

inherit lab-host

SRC_URI="portage-${PV}-py3-none-any.whl"
